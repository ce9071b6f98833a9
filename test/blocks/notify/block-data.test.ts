// Fields of blocks that nobody checked.
import { expect, test } from "bun:test";
import { chosen, listed, needed, optional, pairsIn } from "#blocks/notify/block-data.ts";

for (const [value, text] of [
  [" a ", "a"],
  [8065, "8065"],
  ["", undefined],
  ["  ", undefined],
  [null, undefined],
  [["a"], undefined],
] as const) {
  test(`${JSON.stringify(value)} is ${text === undefined ? "no text" : `'${text}'`}`, () => {
    const block = { field: value as never };
    expect(optional(block, "field")).toBe(text as string);
    if (text === undefined) expect(() => needed(block, "field")).toThrow("The block has no 'field'.");
    else expect(needed(block, "field")).toBe(text);
  });
}

for (const [value, items] of [
  [
    ["a", " b ", 3, null, {}],
    ["a", "b", "3"],
  ],
  ["a", ["a"]],
  [" a, b,", ["a", "b"]],
  ['["a", "b,c"]', ["a", "b", "c"]],
  ["[a", ["[a"]],
  ["", []],
  [7, ["7"]],
  [null, []],
] as const) {
  test(`${JSON.stringify(value)} is a list of ${items.length}`, () => {
    expect(listed({ field: value as never }, "field")).toEqual([...items]);
  });
}

test("pairs are text; anything else is none", () => {
  expect(pairsIn({ field: { a: 1, b: "x" } }, "field")).toEqual({ a: "1", b: "x" });
  for (const field of [null, "x", ["x"]]) expect(pairsIn({ field }, "field")).toEqual({});
});

test("a choice that is none is the first one", () => {
  const choose = (field: string | null) => chosen({ field }, "field", ["us", "eu"]);
  expect([choose("eu"), choose("mars"), choose(null)]).toEqual(["eu", "us", "us"]);
});
