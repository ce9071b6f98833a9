// The types that a schema permits, also of one that was made to stop its reader.
import { describe, expect, test } from "bun:test";
import { branchesOf } from "#domain/parameters/json-schema.ts";
import type { JsonObject } from "#lib/json.ts";
import { MOST_SCHEMA_STEPS } from "#lib/limits.ts";

const node = (keyword: string): JsonObject => ({
  [keyword]: [{ $ref: "#/definitions/N" }, { $ref: "#/definitions/N" }],
});

describe("R9: a schema that names itself twice ends", () => {
  test.each(["anyOf", "oneOf", "allOf"])("by %s", (keyword) => {
    expect(branchesOf(node(keyword), { N: node(keyword) }).length).toBeLessThanOrEqual(2 * MOST_SCHEMA_STEPS);
  });

  test("by references in a row", () => {
    const names = Array.from({ length: 40 }, (_, index) => index);
    const twice = (index: number): JsonObject => ({
      allOf: [{ $ref: `#/d/${index + 1}` }, { $ref: `#/d/${index + 1}` }],
    });
    expect(branchesOf(twice(0), Object.fromEntries(names.map((index) => [index, twice(index)])))).toHaveLength(1);
  });
});

test("R20: a reference finds no inherited name", () => {
  for (const name of ["constructor", "__proto__", "toString"]) {
    expect(branchesOf({ $ref: `#/definitions/${name}`, title: "T" }, {})).toEqual([{ title: "T" }]);
  }
  const definitions = JSON.parse('{"__proto__":{"type":"string"}}');
  expect(branchesOf({ $ref: "#/definitions/__proto__" }, definitions)).toEqual([{ type: "string" }]);
});
