// The rules of JSON schemas that a form checks, each with its sentence: those that pydantic 1 writes, and those of newer drafts.
import { describe, expect, test } from "bun:test";
import { type JsonObject, parseJson } from "#lib/json.ts";
import type { Schema } from "#ui/parts/schema/schema.ts";
import {
  bestVariantFor,
  faultOf,
  faultsOfFields,
  faultsWithin,
  missingWithin,
  textOfFault,
  twiceIn,
} from "#ui/parts/schema/schema-faults.ts";

/** `undefined`: the value keeps the rule. */
const CASES: [schema: string, value: string, sentence: string | undefined][] = [
  ['{"minimum": 1, "maximum": 5}', "0", "1 or more."],
  ['{"minimum": 1, "maximum": 5}', "5", undefined],
  ['{"maximum": 5}', "1e400", "5 or less."],
  ['{"minimum": 1.0}', "0.5", "1.0 or more."],
  ['{"maximum": 9007199254740992}', "9007199254740993", "9007199254740992 or less."],
  ['{"exclusiveMinimum": 1}', "1", "More than 1."],
  ['{"exclusiveMaximum": 1}', "1.0", "Less than 1."],
  ['{"minimum": 1, "exclusiveMinimum": true}', "1", "More than 1."],
  ['{"maximum": 1, "exclusiveMaximum": true}', "1", "Less than 1."],
  ['{"maximum": 1, "exclusiveMaximum": false}', "1", undefined],
  ['{"multipleOf": 0.1}', "0.3", undefined],
  ['{"multipleOf": 0.1}', "0.35", "A multiple of 0.1."],
  ['{"multipleOf": 3}', "9007199254740993", undefined],
  ['{"multipleOf": 5}', "9007199254740993", "A multiple of 5."],
  ['{"minLength": 3}', '"ab"', "3 characters or more: this has 2."],
  ['{"minLength": 1}', '""', "1 character or more: this has 0."],
  ['{"maxLength": 2}', '"👋👋"', undefined],
  ['{"maxLength": 2}', '"abc"', "2 characters or fewer: this has 3."],
  ['{"pattern": "^[a-z]+$"}', '"a1"', "It does not match the pattern ^[a-z]+$."],
  ['{"pattern": "^\\\\p{L}+$"}', '"äö"', undefined],
  ['{"pattern": "^\\\\-$"}', '"+"', "It does not match the pattern ^\\-$."],
  ['{"pattern": "(?P<year>\\\\d+)"}', '"x"', undefined],
  ['{"pattern": "\\\\Aa\\\\Z"}', '"b"', undefined],
  ['{"pattern": "^\\\\w+$"}', '"Zoë"', undefined],
  ['{"pattern": "^[a-z]{,3}$"}', '"abc"', undefined],
  ['{"pattern": "^[a-z]+$"}', '"aB"', undefined],
  ['{"minItems": 2}', "[1]", "2 items or more: this has 1."],
  ['{"maxItems": 1}', "[1, 2]", "1 item or fewer: this has 2."],
  ['{"uniqueItems": true}', '["a", "a"]', undefined],
  ['{"properties": {}, "additionalProperties": false}', '{"a": 1}', "There is no field 'a'."],
  ['{"minProperties": 1}', "{}", "1 entry or more: this has 0."],
  ['{"maxProperties": 1}', '{"a": 1, "b": 2}', "1 entry or fewer: this has 2."],
  ['{"enum": ["red", 5]}', '"blue"', 'One of "red", 5.'],
  ['{"enum": ["red", 5]}', '"5"', undefined],
  ['{"type": "string", "minLength": 3}', "null", undefined],
  ['{"type": "integer", "minimum": 3}', '"5"', undefined],
  // The flow takes its own default without a check, and a secret is not shown.
  ['{"minimum": 1, "default": 0}', "0", undefined],
  ['{"maxLength": 2}', '"********"', undefined],
];

describe("a rule of a schema", () => {
  for (const [schema, value, sentence] of CASES)
    test(`${schema} says of ${value}: ${sentence ?? "nothing"}`, () => {
      expect(faultOf(parseJson(schema) as Schema, parseJson(value))).toBe(sentence as string);
    });
});

const root = {
  properties: {
    limits: { type: "array", items: { $ref: "#/definitions/Limit" } },
    pair: {
      type: "array",
      items: [
        { type: "string", maxLength: 1 },
        { type: "integer", minimum: 1 },
      ],
    },
    labels: { type: "object", additionalProperties: { type: "string", minLength: 2 } },
    ports: {
      type: "object",
      patternProperties: { "^p": { type: "integer", maximum: 9 } },
      additionalProperties: false,
    },
    byWord: {
      type: "object",
      patternProperties: { "^[^\\W\\d]+$": { type: "string" } },
      additionalProperties: { type: "integer", maximum: 3 },
    },
    either: {
      anyOf: [
        { type: "string", maxLength: 2 },
        { type: "integer", minimum: 5 },
      ],
    },
  },
  definitions: {
    Limit: {
      type: "object",
      properties: { tag: { type: "string", minLength: 1 }, slots: { type: "integer", minimum: 0 } },
      required: ["tag"],
    },
  },
} satisfies JsonObject;

const told = (value: JsonObject) => faultsOfFields(root, value).map(textOfFault);

test("a list with a kind for each place is judged by place, and a variant with what is around it", () => {
  const pair = {
    type: "array",
    prefixItems: [{ type: "string", maxLength: 1 }],
    items: { type: "integer", minimum: 5 },
  };
  expect(faultsWithin(pair, ["ab", 1], {}).map(textOfFault)).toEqual([
    "[0]: 1 character or fewer: this has 2.",
    "[1]: 5 or more.",
  ]);
  const both = {
    ...{ properties: { id: { type: "integer", minimum: 1 } }, required: ["id"] },
    oneOf: [{ properties: { name: { type: "string", minLength: 2 } }, required: ["name"] }, { type: "null" }],
  };
  expect(faultsWithin(both, { id: 0, name: "a" }, {}).map(textOfFault)).toEqual([
    "name: 2 characters or more: this has 1.",
    "id: 1 or more.",
  ]);
});

test("a set may be given an item twice, with a hint", () => {
  const set = { type: "array", items: { type: "string" }, uniqueItems: true };
  expect(faultsWithin(set, ["a", "a"], {})).toEqual([]);
  expect(twiceIn(set, [1, "1", 1])).toBe("Each item counts once: 1 is there twice.");
  expect(twiceIn(set, [1, "1"])).toBeUndefined();
  expect(twiceIn({ type: "array" }, [1, 1])).toBeUndefined();
});

describe("what is within a value", () => {
  test("is named by its place", () => {
    expect(told({ limits: [{ tag: "" }, { slots: -1 }] })).toEqual([
      "limits[0].tag: 1 character or more: this has 0.",
      "limits[1].tag: It is required.",
      "limits[1].slots: 0 or more.",
    ]);
    expect(told({ pair: ["ab", 0] })).toEqual(["pair[0]: 1 character or fewer: this has 2.", "pair[1]: 1 or more."]);
    expect(told({ labels: { a: "x", b: "yy" } })).toEqual(["labels.a: 2 characters or more: this has 1."]);
    expect(told({ ports: { p1: 10, other: 10 } })).toEqual(["ports.p1: 9 or less."]);
    expect(told({ byWord: { ab: "x", "1": 5, Zoë: 5 } })).toEqual(["byWord.1: 3 or less."]);
    expect(missingWithin(root, { limits: [{}] })).toEqual(["limits[0].tag"]);
  });

  test("is not judged in a default, which the flow takes as it is", () => {
    // As pydantic 1 writes it of a model whose field has an alias.
    const config = { type: "object", properties: { hostName: { type: "string" } }, required: ["hostName"] };
    const text = { type: "string", maxLength: 1 };
    const schema = {
      properties: {
        cfg: { allOf: [{ $ref: "#/definitions/Config" }], default: { host: "x" } },
        sizes: { type: "array", items: { type: "integer", exclusiveMinimum: 0 }, default: [0] },
        either: { anyOf: [{ type: "array", items: text }, text], default: ["long"] },
      },
      definitions: { Config: config },
    };
    const defaults = { cfg: { host: "x" }, sizes: [0], either: ["long"] };
    expect(faultsOfFields(schema, defaults)).toEqual([]);
    expect(missingWithin(schema, { cfg: { host: "y" } })).toEqual(["cfg.hostName"]);
    expect(faultsOfFields(schema, { sizes: [0, 1] }).map(textOfFault)).toEqual(["sizes[0]: More than 0."]);
  });

  test("has to fit one of several schemas", () => {
    expect(told({ either: "ab" })).toEqual([]);
    expect(told({ either: 5 })).toEqual([]);
    expect(told({ either: "abc" })).toEqual(["either: 2 characters or fewer: this has 3."]);
    expect(told({ either: 4 })).toEqual(["either: 5 or more."]);
  });

  test("is shown as the schema whose rules it keeps", () => {
    const variants = [
      { type: "string", maxLength: 2 },
      { type: "string", pattern: "^long" },
    ];
    expect(bestVariantFor("long one", variants, {})).toBe(1);
    expect(bestVariantFor("ab", variants, {})).toBe(0);
    expect(bestVariantFor("neither", variants, {})).toBe(0);
  });

  test("is not judged where a block is named by its id", () => {
    expect(
      faultsWithin({ required: ["url"], properties: { url: {} } }, { $ref: { block_document_id: "1" } }, {}),
    ).toEqual([]);
  });

  test("is looked at in time, however unions hold each other", () => {
    const node = {
      type: "object",
      properties: { next: { anyOf: [{ $ref: "#/definitions/Node" }, { $ref: "#/definitions/Other" }] } },
    };
    const circular = { definitions: { Node: node, Other: node } };
    let value: JsonObject = { next: 5 };
    for (let level = 0; level < 40; level += 1) value = { next: value };
    expect(faultsWithin({ $ref: "#/definitions/Node" }, value, circular)).toEqual([]);
  });
});
