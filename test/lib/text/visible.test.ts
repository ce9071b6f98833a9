// What reaches a terminal of the words of others.
import { expect, test } from "bun:test";
import { visible, visibleJson, visibleLine } from "#lib/text/visible.ts";

const CASES: [given: string, shown: string][] = [
  ["plain text,\ttabs\nand lines", "plain text,\ttabs\nand lines"],
  ["\x1b[31mred", "\\x1b[31mred"],
  ["\x1b]52;c;AA==\x07", "\\x1b]52;c;AA==\\x07"],
  ["\x9b31m\x85", "\\x9b31m\\x85"],
  ["a\rb\bc\vd\fe\0f\x7f", "a\\rb\\bc\\vd\\fe\\0f\\x7f"],
  ["\u202e\u2066\u200e\u200f\u061c", "\\u202e\\u2066\\u200e\\u200f\\u061c"],
  ["\u2028\u2029", "\\u2028\\u2029"],
  ["a\u200bb\u2060c\ufeff\xad", "a\\u200bb\\u2060c\\ufeff\\xad"],
  ["\u{e0041}\u{e0100}", "\\u{e0041}\\u{e0100}"],
  ["\ud800x\udc00", "\\ud800x\\udc00"],
  [`e${"\u0301".repeat(8)}`, `e${"\u0301".repeat(6)}\\u0301\\u0301`],
  ["a\u200db", "a\\u200db"],
  ["👩‍👩‍👧‍👧 Größe 日本 नमस्ते می‌خواهم 👍🏽 葛\u{e0100}", "👩‍👩‍👧‍👧 Größe 日本 नमस्ते می‌خواهم 👍🏽 葛\u{e0100}"],
];
for (const [given, shown] of CASES) {
  test(`R8: ${JSON.stringify(shown)}`, () => {
    expect(visible(given)).toBe(shown);
    expect(JSON.parse(visibleJson(JSON.stringify(given)))).toBe(given);
  });
}

test("R8: JSON keeps no such character outside of its escapes", () => {
  const json = visibleJson(JSON.stringify(CASES.slice(1, -1).map(([given]) => given)));
  expect(json.replaceAll(/[ -~]|\p{M}/gu, "")).toBe("");
});

test("R8: a cell takes one line", () => expect(visibleLine("a\nb\tc")).toBe("a\\nb    c"));

test("R8: a million letters take no second", () => {
  const before = process.cpuUsage();
  visible("\x1b\u200d\u0301é".repeat(250_000));
  const { user, system } = process.cpuUsage(before); // not the time: others may use the machine
  expect(user + system).toBeLessThan(3_000_000); // 0.3 s alone
});
