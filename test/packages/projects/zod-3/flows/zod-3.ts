import { flow, getRunLogger } from "orch";
import { z } from "zod";

const Row = z.object({ sku: z.string().min(2), amount: z.number().int().optional() });

const parameters = z.object({
  from: z.coerce.date(),
  kind: z.enum(["day", "week"]).default("day"),
  rows: z.array(Row).optional(),
});

export const example = flow(
  async function example({ from, kind, rows }: z.infer<typeof parameters>) {
    getRunLogger().info(`${from.toISOString()} ${kind} ${rows?.map(({ sku }) => sku).join("+")}`);
  },
  { parameters },
);
