// Patterns of schemas: a text that a flow in Python or TypeScript takes is never refused by the page.
import { describe, expect, spyOn, test } from "bun:test";
import { matches } from "#ui/parts/schema/schema-pattern.ts";

const JUDGED: [pattern: string, text: string, isMatch: boolean][] = [
  ["^[a-z]+$", "abc", true],
  ["^[a-z]+$", "ab1", false],
  [String.raw`^\w+$`, "a_1", true],
  [String.raw`^\w+$`, "a-1", false],
  [String.raw`^\d{4}-\d{2}(?:-\d{2})?$`, "2026-11", true],
  [String.raw`^\d{4}-\d{2}(?:-\d{2})?$`, "2026-1", false],
  [String.raw`^[\w.\-]+@[\w\-]+\.[a-z]{2,}$`, "zoe@example.org", true],
  [String.raw`^[\w.\-]+@[\w\-]+\.[a-z]{2,}$`, "zoe@example", false],
  [String.raw`^s3:\/\/\S+$`, "s3://bucket", true],
  [String.raw`^s3:\/\/\S+$`, "gs://bucket", false],
  [String.raw`^a\-b\ c\#$`, "a-b c#", true],
  [String.raw`^a\-b\ c\#$`, "a-b c", false],
  [String.raw`^[\]\[]$`, "]", true],
  [String.raw`^[\]\[]$`, "a", false],
  ["^(?!x)[ab]+?$", "ab", true],
  ["^(?!a)(a|b)$", "a", false],
  [String.raw`^\p{L}+$`, "äö", true],
  [String.raw`^\p{L}+$`, "5", false],
  ["^.$", "👋", true],
  ["^.$", "👋👋", false],
  ["ö", "schön", true],
  [String.raw`^-?\d+(\.\d+)?$`, "-1.50", true],
  [String.raw`^-?\d+(\.\d+)?$`, "-1.", false],
  [String.raw`^(?:\d\d:)*\d\d$`, "10:20:30", true],
  [String.raw`^(?:\d\d:)*\d\d$`, "10:20:", false],
  ["^(?:prod|test)$", "test", true],
  ["^(?:prod|test)$", "dev", false],
];

/** The flow may take each of them. */
const NOT_JUDGED: [pattern: string, text: string][] = [
  [String.raw`^\w+$`, "Zoë"],
  [String.raw`^\d+$`, "٣"],
  [String.raw`^a\b`, "aé"],
  [String.raw`^[^\W\d]+$`, "Zoë"],
  [String.raw`^\S$`, "\u001c"],
  ["^[a-z]{,3}$", "abc"],
  ["^[]a]$", "]"],
  ["^[^]a]$", "b"],
  ["^[a[b]]$", "b"],
  ["^[a-z&&b]$", "b"],
  ["(?P<year>x)", "x"],
  ["(?i)a", "A"],
  ["a(?i:b)", "aB"],
  [String.raw`\Aa\Z`, "a"],
  [String.raw`\Aa\z`, "a"],
  ["a++", "a"],
  ["(?>a)", "a"],
  ["(?<=b)a", "ba"],
  [String.raw`\x{41}`, "A"],
  [String.raw`(a)?b\1`, "b"],
  [String.raw`a\<b`, "a<b"],
  ["^a$", "a\n"],
  ["^a.b$", "a\rb"],
  ["^{a}$", "{a}"],
  [" a # of re.X\n", "a"],
  ["[b-a]", "a"],
  ["(a", "a"],
];

describe("a pattern", () => {
  for (const [pattern, text, isMatch] of JUDGED)
    test(`${pattern} ${isMatch ? "matches" : "does not match"} ${JSON.stringify(text)}`, () => {
      expect(matches(pattern, text)).toBe(isMatch);
    });

  for (const [pattern, text] of NOT_JUDGED)
    test(`${JSON.stringify(pattern)} is not judged of ${JSON.stringify(text)}`, () => {
      expect(matches(pattern, text)).toBeUndefined();
    });

  test("may have had a flag that its schema does not tell", () => {
    expect(matches("^[a-z]+$", "ABC")).toBe(true);
    expect(matches("^[^a-z]+$", "ABC")).toBe(true);
  });

  // Each would keep a browser busy for longer than a reader waits: days, most of them.
  for (const [pattern, text] of [
    [String.raw`^(\w+\s?)*$`, `${"a".repeat(40)}!`],
    ["^(a|a)+$", `${"a".repeat(40)}!`],
    ["^((a?)){30}$", `${"a".repeat(29)}!`],
    ["^(?:(?:a+)b?)*$", `${"a".repeat(40)}!`],
    [`^${"a?".repeat(40)}${"a".repeat(40)}$`, `${"a".repeat(39)}!`],
    [`^${"(a|a)".repeat(40)}$`, `${"a".repeat(39)}!`],
    [`${"a*".repeat(10)}b`, "a".repeat(200)],
    [`${"a{0,200}".repeat(10)}b`, "a".repeat(200)],
    ["^a+$", `${"a".repeat(1_000)}!`],
  ] as const)
    test(`${pattern.slice(0, 30)} is not tried with ${text.length} letters`, () => {
      expect(matches(pattern, text)).toBeUndefined();
    });

  test("is tried once with the same text", () => {
    const made = spyOn(globalThis, "RegExp");
    for (const _ of "three") expect(matches("^once$", "twice")).toBe(false);
    const count = made.mock.calls.filter(([source]) => source === "^once$").length;
    made.mockRestore();
    expect(count).toBe(2); // with the case of letters and without
  });
});
