import { type Row, total } from "@acme/lib";
import { flow, getRunLogger } from "orch";

export const example = flow(async function example(
  rows: Row[] = [
    { sku: "a", amount: 2 },
    { sku: "b", amount: 5 },
  ],
) {
  getRunLogger().info(`total ${total(rows)}`);
});
