// Lines of a column.
import { describe, expect, test } from "bun:test";
import { clipped, folded, padded, wrapped } from "#cli/wrap.ts";

describe("wrapped()", () => {
  const CASES: [text: string, width: number, lines: string[]][] = [
    ["", 5, [""]],
    ["one two", 7, ["one two"]],
    ["one two three", 7, ["one two", "three"]],
    ["one  two   three", 7, ["one two", "three"]],
    ["incomprehensibility is long", 8, ["incompr…", "is long"]],
    ["a\nb c", 3, ["a", "b c"]],
    ["日本 日本", 5, ["日本", "日本"]],
  ];
  for (const [text, width, lines] of CASES) {
    test(`${JSON.stringify(text)} in ${width}`, () => expect(wrapped(text, width)).toEqual(lines));
  }
});

describe("folded()", () => {
  const CASES: [text: string, width: number, lines: string[]][] = [
    ["one two three", 7, ["one two", "three"]],
    ["abcdefgh", 3, ["abc", "def", "gh"]],
    ["日本日本", 5, ["日本", "日本"]],
    ["a\nbcd", 2, ["a", "bc", "d"]],
  ];
  for (const [text, width, lines] of CASES) {
    test(`${JSON.stringify(text)} in ${width}`, () => expect(folded(text, width)).toEqual(lines));
  }
});

test("clipped() never cuts through a letter that is made of many", () => {
  expect(clipped("ab👩‍👩‍👧‍👧cd", 5)).toBe("ab👩‍👩‍👧‍👧…");
  expect(clipped("ab👩‍👩‍👧‍👧cd", 4)).toBe("ab…");
  expect(clipped("whole", 5)).toBe("whole");
});

test("padded() fills up to the width, and leaves what is wider alone", () => {
  expect([padded("日", 4), padded("abcd", 2)]).toEqual(["日  ", "abcd"]);
});
