// Names of parameters, read from a function's own text.
import { expect, test } from "bun:test";
import type { UserFunction } from "#domain/definitions.ts";
import { parameterNames } from "#domain/parameter-names.ts";

const CASES: [string, UserFunction, string[]][] = [
  ["none", () => {}, []],
  ["plain ones", (a: number, b: number) => a + b, ["a", "b"]],
  [
    "an async function's",
    async function f(first: string, second: string) {
      return first + second;
    },
    ["first", "second"],
  ],
  ["defaults with commas and brackets", (a = "x, (y", b = [1, 2], c = { d: "}" }) => [a, b, c], ["a", "b", "c"]],
  ["a default that calls", (a = Math.max(1, 2), b = 3) => a + b, ["a", "b"]],
  ["a rest", (first: number, ...rest: number[]) => [first, rest], ["first", "rest"]],
  ["a destructured object", ({ a }: { a: number }, b: number) => a + b, ["arg0", "b"]],
  ["a destructured list", ([a]: number[], b: number) => [a, b], ["arg0", "b"]],
  ["those after a comment", (/* why, not */ a: number, b: number) => a + b, ["a", "b"]],
  ["a template as default", (a = `x,${1 + 1}`, b = 2) => [a, b], ["a", "b"]],
];
for (const [what, fn, names] of CASES)
  test(`parameter names: ${what}`, () => expect(parameterNames(fn)).toEqual(names));

test("an arrow without brackets has one", () => {
  const bare = Object.assign(() => 0, { toString: () => "async x => x + 1" });
  expect(parameterNames(bare)).toEqual(["x"]);
});
