import { flow, getRunLogger } from "orch";
import * as v from "valibot";

const parameters = v.object({
  email: v.pipe(v.string(), v.trim(), v.email()),
  level: v.optional(v.picklist(["low", "high"]), "low"),
});

export const example = flow(
  async function example({ email, level }) {
    getRunLogger().info(`${email} ${level}`);
  },
  { parameters },
);
