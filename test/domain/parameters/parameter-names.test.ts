// Names of parameters, read from a function's own text.
import { expect, test } from "bun:test";
import type { UserFunction } from "#domain/parameters/parameter-names.ts";
import { type CallShape, callShape, parameterNames } from "#domain/parameters/parameter-names.ts";

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

const written = (text: string): UserFunction => Object.assign(() => 0, { toString: () => text });

const TEXTS: [text: string, names: string[]][] = [
  ['(url = "http://x.y", n = 1, ...more) => 0', ["url", "n", "more"]],
  ["(a = '/* no comment */', b) => 0", ["a", "b"]],
  ["(a /* one, two */, // three, (four\n b) => 0", ["a", "b"]],
  ["(a = /[),/]\\//, b = 4 / 2, c = 1) => 0", ["a", "b", "c"]],
  ["(a = `)`, b) => 0", ["a", "b"]],
  ['(a = "\\")", b) => 0', ["a", "b"]],
  ["async  method(a, $b, _c) { return 0 }", ["a", "$b", "_c"]],
  ["/* before ( */ async function f(a) {}", ["a"]],
  ["function native() { [native code] }", []],
  ["(a = (x, y) => x, b) => 0", ["a", "b"]],
  ["(größe, 名前 = 1, ...$été) => 0", ["größe", "名前", "$été"]],
  ["async größe => 0", ["größe"]],
];
for (const [text, names] of TEXTS) {
  test(`parameters of ${text}`, () => expect(parameterNames(written(text))).toEqual(names));
}

const SHAPES: [text: string, shape: CallShape][] = [
  ["(a, b = 1) => 0", { style: "positional", hasDefault: false, names: ["a", "b"], rest: null }],
  ["(a, ...rest) => 0", { style: "positional", hasDefault: false, names: ["a"], rest: "rest" }],
  ["({ a, b: other = { c: 1 } }) => 0", { style: "object", hasDefault: false, names: ["a", "b"], rest: null }],
  [
    '({ url = "http://x.y", ...others } = {}) => 0',
    { style: "object", hasDefault: true, names: ["url"], rest: "others" },
  ],
  ["({ a, b: { c } = { c: '}=' } }) => 0", { style: "object", hasDefault: false, names: ["a", "b"], rest: null }],
  // Only a pattern that stands alone gives its properties as parameters.
  ["({ a }, b) => 0", { style: "positional", hasDefault: false, names: ["arg0", "b"], rest: null }],
  ["([a, b]) => 0", { style: "positional", hasDefault: false, names: ["arg0"], rest: null }],
  ["() => 0", { style: "positional", hasDefault: false, names: [], rest: null }],
];
for (const [text, shape] of SHAPES) {
  test(`a call of ${text}`, () => expect(callShape(written(text))).toEqual(shape));
}
