// What commands show of a flow's return value.
import { expect, test } from "bun:test";
import { returnedHere } from "#cli/flow-run/result.ts";

const shown = async (value: unknown) => (await returnedHere(value))?.text;

test("errors are shown on one line, without their stacks", async () => {
  expect(await shown(new RangeError("too far"))).toBe("RangeError: too far");
  expect(await shown([new Error("one"), 2n])).toBe("[ Error: one, 2n ]");
  expect(await shown({ reason: new Error("one", { cause: new TypeError("two") }) })).toBe(
    "{ reason: Error: one { [cause]: TypeError: two } }",
  );
});

test("text keeps its line breaks, as JSON has them", async () => {
  expect(await shown("one\n    at two (three.ts:1:1)")).toBe('"one\\n    at two (three.ts:1:1)"');
  expect(await shown(new Map([["a", "b\n    at c"]]))).toBe("Map(1) { 'a' => 'b\\n    at c' }");
});
