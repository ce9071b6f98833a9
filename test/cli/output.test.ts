import { describe, expect, test } from "bun:test";
import { constructorText, pythonValue, relativeTime, shownTime, table } from "#cli/output.ts";

describe("a table", () => {
  const id = "76a9f1ac-4d8c-4a92-8869-615bec502685";

  test("is drawn as the documentation page shows it", () => {
    expect(table("Deployments", ["Name", "ID"], [["Cat Facts/catfact", id]], 80).split("\n")).toEqual([
      "                        Deployments",
      `┏${"━".repeat(19)}┳${"━".repeat(38)}┓`,
      `┃ Name${" ".repeat(13)} ┃ ID${" ".repeat(34)} ┃`,
      `┡${"━".repeat(19)}╇${"━".repeat(38)}┩`,
      `│ Cat Facts/catfact │ ${id} │`,
      `└${"─".repeat(19)}┴${"─".repeat(38)}┘`,
    ]);
  });

  test("gives way at the widest column, but never at an id", () => {
    const lines = table("T", ["ID", "Name"], [[id, "a very long name that does not fit"]], 60).split("\n");
    expect(Math.max(...lines.map((line) => line.length))).toBe(60);
    expect(lines.join("\n")).toContain(id);
    expect(lines.join("\n")).toContain("a very long name…");
  });

  test("is as wide as it must be when nothing can give way", () => {
    expect(table("T", ["ID"], [[id]], 10)).toContain(id);
  });
});

const TIMES: [seconds: number, words: string][] = [
  [0, "now"],
  [-1, "1 second ago"],
  [-59, "59 seconds ago"],
  [-60, "1 minute ago"],
  [-7_200, "2 hours ago"],
  [-86_400 * 8, "1 week ago"],
  [90, "in 1 minute"],
  [86_400 * 400, "in 1 year"],
];
for (const [seconds, words] of TIMES) {
  test(`${seconds} s from now is "${words}"`, () => expect(relativeTime(1e12 + seconds * 1000, 1e12)).toBe(words));
}

const VALUES: [value: unknown, text: string][] = [
  [null, "None"],
  [true, "True"],
  [false, "False"],
  [3.5, "3.5"],
  ["it", "'it'"],
  ["it's", `"it's"`],
  [`both ' and "`, `'both \\' and "'`],
  ["two\nlines", "'two\\nlines'"],
  [[], "[]"],
  [{}, "{}"],
  [["a", 1], "[\n    'a',\n    1\n]"],
  [{ a: { b: null } }, "{\n    'a': {\n        'b': None\n    }\n}"],
];
for (const [value, text] of VALUES) {
  test(`${JSON.stringify(value)} prints as Python prints it`, () => expect(pythonValue(value)).toBe(text));
}

test("an object prints as its constructor, without what says nothing", () => {
  const fields = { id: "1", tags: [], context: {}, parent: null, run_count: 0 };
  expect(constructorText("FlowRun", fields)).toBe("FlowRun(\n    id='1',\n    run_count=0,\n)");
});

test("times are shown in UTC, to the millisecond", () => {
  expect(shownTime("2026-11-23T06:34:15.396005+00:00")).toBe("2026-11-23 06:34:15.396");
});
