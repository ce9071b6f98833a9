import { expect, test } from "bun:test";
import { readJson, readJsonOrNull, writeBool, writeJson, writeJsonOrNull } from "#db/codecs.ts";

const values: unknown[] = [{}, [], { a: [1, null, "é"] }, ["x"], 0, "", null, false];

for (const value of values) {
  test(`${JSON.stringify(value)} comes back as it was written`, () => {
    expect(readJson<never>(writeJson(value)) as unknown).toEqual(value);
  });
}

test("each reading gives an object of its own", () => {
  const first = readJson<Record<string, number>>("{}");
  first["a"] = 1;
  expect(readJson<Record<string, number>>("{}")).toEqual({});
  const list = readJson<string[]>("[]");
  list.push("a");
  expect(readJson<string[]>("[]")).toEqual([]);
});

test("null and what is left out are an empty column", () => {
  expect(writeJsonOrNull(null)).toBeNull();
  expect(writeJsonOrNull(undefined)).toBeNull();
  expect(readJsonOrNull(null)).toBeNull();
  expect(writeJsonOrNull({ a: 1 })).toBe('{"a":1}');
  expect(readJsonOrNull('{"a":1}')).toEqual({ a: 1 });
});

test("booleans are 1 and 0", () => {
  expect([writeBool(true), writeBool(false)]).toEqual([1, 0]);
});
