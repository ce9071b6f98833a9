import { flow, getRunLogger } from "orch";
import { match, P } from "ts-pattern";

type Change = { kind: "add"; rows: number } | { kind: "drop"; table: string };

export const example = flow(async function example(change: Change = { kind: "drop", table: "t" }) {
  const text = match(change)
    .with({ kind: "add", rows: P.number.gt(5) }, ({ rows }) => `many: ${rows}`)
    .with({ kind: "add" }, ({ rows }) => `few: ${rows}`)
    .with({ kind: "drop" }, ({ table }) => `gone: ${table}`)
    .exhaustive();
  getRunLogger().info(text);
});
