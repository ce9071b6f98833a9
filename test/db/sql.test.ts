import { describe, expect, test } from "bun:test";
import { openDatabase, type SqlValue } from "#db/connect.ts";
import {
  ALWAYS,
  all,
  any,
  type Condition,
  condition,
  contains,
  holdsAll,
  inList,
  notInList,
  startsWithAny,
  within,
} from "#db/sql.ts";

const WORDS = ["Alpha", "beta", "Beta2", "100%", "it's"];
const LISTS: Record<string, string> = { Alpha: '["x","y"]', beta: '["x"]', Beta2: "[]", "100%": "[]", "it's": "[]" };

/** The words that meet a condition on `word` (and `list`, their JSON list). */
async function matching({ sql, params }: Condition): Promise<string[]> {
  const db = openDatabase(":memory:");
  const values = WORDS.map((word) => [word, LISTS[word] ?? "[]"]);
  const rows = await db.read((q) =>
    q.all<{ word: string }>(
      `with words (word, list) as (values ${values.map(() => "(?, ?)").join(", ")})
       select word from words where ${sql}`,
      ...values.flat(),
      ...params,
    ),
  );
  await db.close();
  return rows.map(({ word }) => word);
}

const many = (letter: string, count = 50_000) => Array.from({ length: count }, (_, at) => `${letter}${at}`);

const cases: [title: string, where: Condition, found: string[]][] = [
  ["ALWAYS matches everything", ALWAYS, WORDS],
  ["inList() with values", inList("word", ["beta", "Alpha"]), ["Alpha", "beta"]],
  ["inList() with one value", inList("word", ["it's"]), ["it's"]],
  ["inList() with none matches nothing", inList("word", []), []],
  ["notInList()", notInList("word", ["beta", "Alpha"]), ["Beta2", "100%", "it's"]],
  ["notInList() with none matches everything", notInList("word", []), WORDS],
  ["contains() in any case", contains("word", "ETA"), ["beta", "Beta2"]],
  ["contains() keeps SQL's wildcards", contains("word", "b%2"), ["Beta2"]],
  ["contains() takes a quote as it is", contains("word", "'"), ["it's"]],
  ["startsWithAny() in any case", startsWithAny("word", ["BETA"]), ["beta", "Beta2"]],
  ["startsWithAny() of none matches everything", startsWithAny("word", []), WORDS],
  ["holdsAll() of two items", holdsAll("list", ["x", "y"]), ["Alpha"]],
  ["holdsAll() of one item", holdsAll("list", ["x"]), ["Alpha", "beta"]],
  ["holdsAll() of none is true", holdsAll("list", []), WORDS],
  ["all() of two", all([contains("word", "a"), contains("word", "2")]), ["Beta2"]],
  ["all() of none is true", all([]), WORDS],
  ["any() of two", any([inList("word", ["100%"]), contains("word", "lph")]), ["Alpha", "100%"]],
  [
    "any() inside all() stays together",
    all([any([inList("word", ["beta"]), inList("word", ["Beta2"])]), condition("length(word) < ?", 5)]),
    ["beta"],
  ],
  ["R5: inList() with 50,000 values", inList("word", [...many("w"), "beta"]), ["beta"]],
  ["R5: notInList() with 50,000 values", notInList("word", [...many("w"), "beta"]), ["Alpha", "Beta2", "100%", "it's"]],
  ["R5: startsWithAny() of 50,000", startsWithAny("word", [...many("w"), "BETA"]), ["beta", "Beta2"]],
  ["R5: holdsAll() of 50,000 items", holdsAll("list", many("w")), []],
  [
    "R5: holdsAll() of 1,001 items that are two",
    holdsAll(
      "list",
      many("x", 500)
        .concat(many("y", 501))
        .map((item) => item[0] ?? ""),
    ),
    ["Alpha"],
  ],
  [
    "R5: any() of 5,000",
    any(
      many("w", 5_000)
        .map((word) => condition("word = ?", word))
        .concat(inList("word", ["beta"])),
    ),
    ["beta"],
  ],
  ["within() a selection", within("word", "select word from words", contains("word", "2")), ["Beta2"]],
];

describe("conditions", () => {
  for (const [title, where, found] of cases) {
    test(title, async () => expect(await matching(where)).toEqual(found));
  }
});

test("values travel as parameters, never as text", () => {
  const evil = "'; drop table flow --";
  for (const { sql, params } of [
    inList("c", [evil]),
    contains("c", evil),
    startsWithAny("c", [evil]),
    holdsAll("c", [evil]),
  ]) {
    expect(sql).not.toContain("drop");
    expect(params.some((value: SqlValue) => String(value).includes(evil))).toBe(true);
  }
});
