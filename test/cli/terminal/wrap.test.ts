// Lines of a column.
import { describe, expect, spyOn, test } from "bun:test";
import { table } from "#cli/terminal/output.ts";
import { folded, padded } from "#cli/terminal/wrap.ts";

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

test("padded() fills up to the width, and leaves what is wider alone", () => {
  expect([padded("日", 4), padded("abcd", 2)]).toEqual(["日  ", "abcd"]);
});

describe("R9: each letter is measured a few times, however long the text is", () => {
  const COUNT = 20_000;
  const texts: [string, string][] = [
    ["one word", "x".repeat(COUNT)],
    ["wide letters", "日".repeat(COUNT)],
    ["short words", "ab ".repeat(COUNT)],
    ["letters of several", "👩‍👩‍👧‍👧".repeat(COUNT)],
    ["letters without width", "a\u200b\u200b ".repeat(COUNT)],
    ["many lines", "ab\n".repeat(COUNT)],
  ];

  function measured(work: () => unknown): number {
    const spy = spyOn(Bun, "stringWidth");
    try {
      work();
      return spy.mock.calls.reduce((sum, [text = ""]) => sum + text.length, 0);
    } finally {
      spy.mockRestore();
    }
  }

  test.each(texts)("%s", (_, text) => {
    const most = 10 * text.length;
    expect(measured(() => folded(text, 40))).toBeLessThan(most);
    expect(measured(() => table("Flow Runs", ["ID", "Name"], [["1", text]], 80).toString())).toBeLessThan(most);
  });

  test("a cell of a million lines does not exhaust the stack", () => {
    const lines = table("Flow Runs", ["Name"], [["a\n".repeat(1_000_000)]], 80)
      .toString()
      .split("\n");
    expect(lines).toHaveLength(1_000_006);
  });
});
