import { flow, getRunLogger } from "orch";
import { z } from "zod";

const parameters = z.object({
  from: z.coerce.date(),
  kind: z.enum(["day", "week"]).default("day"),
  limits: z.array(z.number().int().positive()).max(3).optional(),
});

export const example = flow(
  async function example({ from, kind, limits }) {
    getRunLogger().info(`${from.toISOString()} ${kind} ${limits?.join("+")}`);
  },
  { parameters },
);
