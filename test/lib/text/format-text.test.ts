// Texts with places to fill in, against what Python's `str.format` makes of them.
import { expect, test } from "bun:test";
import { fillFormat, parseFormat } from "#lib/text/format-text.ts";

const VALUES = { flow: "etl", state: "Failed", who: "it's" };

for (const [template, text] of [
  ["", ""],
  ["plain", "plain"],
  ["{flow}", "etl"],
  ["{flow}/{state}\n{flow}", "etl/Failed\netl"],
  ["{{flow}} {{{flow}}}", "{flow} {etl}"],
  ["{flow!s} {flow!r}", "etl 'etl'"],
  ["{who!r}", '"it\'s"'],
  ["[{flow:>6}] [{flow:6}] [{flow:^6}] [{flow:*<6s}]", "[   etl] [etl   ] [ etl  ] [etl***]"],
  ["[{state:.3}] [{state:-^9.3}]", "[Fai] [---Fai---]"],
] as const) {
  test(`${JSON.stringify(template)} becomes ${JSON.stringify(text)}`, () => {
    expect(fillFormat(template, VALUES)).toBe(text);
  });
}

for (const [template, sentence] of [
  ["{flow", "Single '{' encountered in format string"],
  ["flow}", "Single '}' encountered in format string"],
  ["{flow:%Y}", "Invalid format specifier '%Y' for 'flow'"],
  ["{flow:{width}}", "Single '{' encountered in format string"],
] as const) {
  test(`${JSON.stringify(template)} is refused with a sentence`, () => {
    expect(() => parseFormat(template)).toThrow(sentence);
  });
}

test("an attribute or an index is a name of its own, which nothing has", () => {
  const names = parseFormat("{flow.name}{flow[0]}{}").map((piece) => typeof piece === "object" && piece.name);
  expect(names).toEqual(["flow.name", "flow[0]", ""]);
  expect(fillFormat("<{flow.name}>", VALUES)).toBe("<>");
});

test("R20: inherited names have no value", () => {
  expect(fillFormat("[{toString}] [{constructor}] [{__proto__}]", VALUES)).toBe("[] [] []");
});

test("R9: neither a width nor a repeated name makes a text of any size", () => {
  expect(() => parseFormat("{flow:>99999999999}")).toThrow("Invalid format specifier '>99999999999' for 'flow'");
  expect(() => fillFormat("{flow:>999999}".repeat(2), VALUES)).toThrow("more than 1,000,000 letters");
});
