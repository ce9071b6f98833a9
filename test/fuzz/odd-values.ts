// JSON texts that a server does not expect, by the kind of value they stand for: long, deep, broken, and out of every range.
import type { Place } from "./schema.ts";

export interface OddValue {
  name: string;
  /** The text, made when it is needed: some have megabytes. `item` is a valid item of the list at this place. */
  text(item: string): string;
}

const same = (name: string, text = name): OddValue => ({ name, text: () => text });
const items = (count: number): OddValue => ({
  name: `${count} items`,
  text: (item) => `[${Array(count).fill(item).join(",")}]`,
});
const letters = (count: number, letter = "a"): OddValue => ({
  name: `${count} × ${JSON.stringify(letter)}`,
  text: () => JSON.stringify(letter.repeat(count)),
});
const deep = (levels: number, open: string, close: string): OddValue => ({
  name: `${levels} levels of ${open}`,
  text: () => open.repeat(levels) + (close === "" ? "" : `1${close.repeat(levels)}`),
});

const ANYTHING: OddValue[] = [
  ...["null", "true", "0", '""', "[]", "{}", "[[]]", '{"":""}', '{"__proto__":{"a":1},"constructor":1}'].map((text) =>
    same(text),
  ),
  ...["1e400", "-0", "-1", "1.0", "9223372036854775808", "1e-400", "-1E+999", "0.1e1000000000"].map((text) =>
    same(text),
  ),
  ...["NaN", "Infinity", "01", "'a'", "nul", "[1,]", '{"a":1,"a":2}', "\\", '"\\x"', "\ufeff1", "/**/1"].map((text) =>
    same(text),
  ),
  same("a NUL", '"a\\u0000b"'),
  same("half a character", '"\\ud800"'),
  same("the other half", '["\\udc00"]'),
  same("a raw half", `"${"\ud800"}"`),
  same("a line break in a text", '"a\nb"'),
  same("5,000 digits", "1".repeat(5_000)),
  same("a fraction of 5,000 digits", `0.${"3".repeat(5_000)}`),
  deep(400, "[", "]"),
  deep(400, '{"a":', "}"),
  deep(1_000, "[", "]"),
  deep(1_000, '{"a":', "}"),
  deep(50_000, "[", "]"),
  deep(50_000, '["', ""),
];

const OF_KIND: Record<Place["kind"], OddValue[]> = {
  list: [items(0), items(1), items(1_001), items(50_000), items(250_000), same("a list of null", "[null]")],
  text: [
    ...[
      letters(0),
      letters(1),
      letters(50_001),
      letters(5_000_000),
      letters(50_001, "%"),
      letters(50_001, "\u{1f600}"),
    ],
    ...[letters(100_000, "\n"), letters(100_000, "{{"), letters(5_000, "[")],
    ...[
      "0000-01-01T00:00:00Z",
      "10000-01-01T00:00:00Z",
      "9999-12-31T23:59:59.999999-23:59",
      "0001-01-01T00:00:00+23:59",
    ].map((text) => same(JSON.stringify(text))),
    ...["0x1f", "1e400", "-1", "{}", "Africa/Nowhere", "../../etc/passwd", "FREQ=DAILY", "* * * * *"].map((text) =>
      same(JSON.stringify(text)),
    ),
  ],
  number: ["-9223372036854775809", "9007199254740993", "1.5", "-1.0", '"1e400"', '"9".'].map((text) => same(text)),
  truth: [same('"yes"'), same("2")],
  object: [
    { name: "50,000 keys", text: () => `{${Array.from({ length: 50_000 }, (_, at) => `"k${at}":1`).join(",")}}` },
    same("a key of 100 KB", `{"${"k".repeat(100_000)}":1}`),
  ],
  any: [
    items(1_001),
    items(150_000),
    letters(5_000_000),
    letters(50_001),
    {
      name: "50,000 keys",
      text: () => `{${Array.from({ length: 50_000 }, (_, at) => `"k${at}":{"a":1.0}`).join(",")}}`,
    },
    same(
      "many references",
      JSON.stringify({ definitions: { A: { $ref: "#/definitions/A" } }, $ref: "#/definitions/A" }),
    ),
  ],
};

export function oddValuesFor({ kind }: Place): OddValue[] {
  return [...OF_KIND[kind], ...ANYTHING];
}
