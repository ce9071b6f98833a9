// The shapes are those of Prefect 2.10.4's block classes, the descriptions are ours; its own function gave the checksums.
import { describe, expect, test } from "bun:test";
import type { JsonObject } from "#lib/json.ts";
import { schemaChecksum } from "#server/blocks/checksum.ts";
import recorded from "../../fixtures/block-schemas.json";

const fieldsOf = (slug: string): JsonObject => {
  const found = recorded.find((schema) => schema.slug === slug);
  if (!found) throw new Error(`no schema '${slug}' was recorded`);
  return structuredClone(found.fields) as JsonObject; // JSON as it was recorded
};

describe("the checksum is the old client's", () => {
  for (const { slug, checksum } of recorded) {
    test(slug, () => expect(schemaChecksum(fieldsOf(slug))).toBe(checksum));
  }
});

describe("what counts", () => {
  const base = fieldsOf("secret");
  const same: [what: string, change: (fields: JsonObject) => JsonObject][] = [
    ["which fields are secret does not", (fields) => ({ ...fields, secret_fields: [] })],
    ["the order of keys does not", (fields) => Object.fromEntries(Object.entries(fields).reverse())],
    ["a definition that nothing refers to does not", (fields) => ({ ...fields, definitions: { Other: { a: 1 } } })],
    [
      "the definition of a nested block does not",
      (fields) => ({ ...fields, definitions: { Inner: { block_type_slug: "inner" } } }),
    ],
  ];
  for (const [what, change] of same) {
    test(what, () => expect(schemaChecksum(change(base))).toBe(schemaChecksum(base)));
  }

  test("the title does", () => expect(schemaChecksum({ ...base, title: "Other" })).not.toBe(schemaChecksum(base)));

  test("a definition that a field refers to does, through other definitions too", () => {
    const withChain = (leaf: string): JsonObject => ({
      ...base,
      properties: { a: { $ref: "#/definitions/A" } },
      definitions: { A: { items: [{ $ref: "#/definitions/B" }] }, B: { title: leaf } },
    });
    expect(schemaChecksum(withChain("one"))).not.toBe(schemaChecksum(withChain("two")));
  });

  test("a definition that refers to itself ends", () => {
    const circular: JsonObject = {
      properties: { a: { $ref: "#/definitions/A" } },
      definitions: { A: { properties: { again: { $ref: "#/definitions/A" } } } },
    };
    expect(schemaChecksum(circular)).toStartWith("sha256:");
  });

  test("letters beyond ASCII are hashed as Python escapes them, keys in the order of code points", () => {
    // python3 -c 'import json,hashlib; …json.dumps([[{"ü": "é\x7f", "\uff5e": 1, "😀": 2}], {}], sort_keys=True)'
    const text = String.raw`[[{"\u00fc": "\u00e9\u007f", "\uff5e": 1, "\ud83d\ude00": 2}], {}]`;
    const expected = new Bun.CryptoHasher("sha256").update(text).digest("hex");
    expect(schemaChecksum({ "😀": 2, "\uff5e": 1, ü: "é\u007f" })).toBe(`sha256:${expected}`);
  });

  test("the given fields are left as they are", () => {
    const given = fieldsOf("docker-container");
    schemaChecksum(given);
    expect(given).toEqual(fieldsOf("docker-container"));
  });
});
