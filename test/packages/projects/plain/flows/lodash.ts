import _ from "lodash";
import { flow, getRunLogger } from "orch";

interface Sale {
  shop: "north" | "south";
  amount: number;
}

const SALES: Sale[] = [
  { shop: "north", amount: 3 },
  { shop: "south", amount: 4 },
  { shop: "north", amount: 5 },
];

export const example = flow(async function example(sales: Sale[] = SALES) {
  const sums = _(sales)
    .groupBy("shop")
    .mapValues((rows) => _.sumBy(rows, "amount"))
    .value();
  getRunLogger().info(JSON.stringify(sums));
});
