// What of an answer stays the same object when it is read again, and which rows of a list are near the screen. Without a browser.
import { describe, expect, test } from "bun:test";
import { parseJson } from "#lib/json.ts";
import { kept } from "../../../src/ui/data/kept.ts";
import { rowsNear } from "../../../src/ui/parts/lists/window.ts";

describe("ui 5: a live update redraws what changed", () => {
  const answer = () => ({
    counts: { count: 3 },
    rows: [
      { id: "a", tags: ["x"] },
      { id: "b", tags: [] },
    ],
  });

  test("an answer that says the same is the one before", () => {
    const before = answer();
    expect(kept(before, answer())).toBe(before);
  });

  test("of another answer the parts that are the same stay", () => {
    const before = answer();
    const now = { ...answer(), counts: { count: 4 } };
    const found = kept(before, now) as typeof before; // its shape
    expect(found.counts).toEqual({ count: 4 });
    expect(found.rows).toBe(before.rows);
  });

  test("rows are found by their ids, wherever they are now", () => {
    const before = answer();
    const found = kept(before, { ...answer(), rows: [{ id: "new", tags: [] }, ...answer().rows] }) as typeof before; // as above
    expect(found.rows.map(({ id }) => id)).toEqual(["new", "a", "b"]);
    expect(found.rows.slice(1)).toEqual(before.rows);
    expect(found.rows[1]).toBe(before.rows[0]);
    expect(found.rows[2]).toBe(before.rows[1]);
  });

  const others: [what: string, before: string, now: string][] = [
    ["a key that is gone", '{"a":1,"b":2}', '{"a":1}'],
    ["a key that came", '{"a":1}', '{"a":1,"b":2}'],
    ["a list that is shorter", "[1,2,3]", "[1,2]"],
    ["a list in another order", '[{"id":"a"},{"id":"b"}]', '[{"id":"b"},{"id":"a"}]'],
    ["an object that was a list", "[]", "{}"],
    ["nothing that was something", '{"a":{"b":1}}', '{"a":null}'],
    ["a number by its digits", '{"a":9007199254740993}', '{"a":9007199254740995}'],
    ["a key of JavaScript's own", '{"__proto__":1}', '{"__proto__":2}'],
  ];
  for (const [what, before, now] of others) {
    test(`${what} is shown`, () => {
      const found = kept(parseJson(before), parseJson(now));
      expect(JSON.stringify(found)).toBe(now);
    });
  }

  test("a number that is kept by its digits is the same when they are", () => {
    const before = parseJson('{"a":9007199254740993}');
    expect(kept(before, parseJson('{"a":9007199254740993}'))).toBe(before);
  });
});

describe("rows near the screen", () => {
  test("are those on it and some beyond", () => {
    expect(rowsNear(-500, 900, 36)).toEqual({ first: 0, end: 24 });
    const { first, end } = rowsNear(36 * 50_000, 900, 36);
    expect([first < 49_990, first > 49_980, end > 50_025, end < 50_050]).toEqual([true, true, true, true]);
  });

  test("change in steps, so that scrolling draws seldom", () => {
    const seen = new Set(Array.from({ length: 36 * 40 }, (_, above) => rowsNear(36 * 1000 + above, 900, 36).first));
    expect(seen.size).toBeLessThan(12);
  });
});
