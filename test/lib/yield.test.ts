import { expect, test } from "bun:test";
import { nextTurn } from "#lib/yield.ts";

test("what waits already goes first", async () => {
  const order: string[] = [];
  setImmediate(() => order.push("waiting"));
  await nextTurn();
  order.push("next");
  expect(order).toEqual(["waiting", "next"]);
});
