// Values of JSON as their schemas mean them: null, the types that JSON lacks, digits, and unions.
import { describe, expect, test } from "bun:test";
import type { UserFunction } from "#domain/parameters/parameter-names.ts";
import { bindParameters } from "#domain/parameters/parameters.ts";
import { isObject, type Json, type JsonObject, parseJson } from "#lib/json.ts";

function bound(property: JsonObject, value: Json, definitions: JsonObject = {}): unknown {
  const schema = { properties: { p: property }, required: ["p"], definitions };
  return bindParameters((p: unknown) => p, schema, { p: value })[0];
}

const either = (...anyOf: JsonObject[]): JsonObject => ({ anyOf });
const list = (items: JsonObject): JsonObject => ({ type: "array", items });
const fields = (properties: JsonObject, ...required: string[]): JsonObject => ({
  type: "object",
  properties,
  required,
});
const STRING: JsonObject = { type: "string" };
const NUMBER: JsonObject = { type: "number" };
const NULL: JsonObject = { type: "null" };
const DATE: JsonObject = { type: "string", format: "date-time" };
const BIG: JsonObject = { type: "integer", format: "bigint" };
const BIGINT: JsonObject = { type: "integer", format: "bigint" };
const BYTES: JsonObject = { type: "string", format: "byte" };
const TEXT_MAP: JsonObject = { type: "object", format: "map", additionalProperties: NUMBER };
const NUMBER_MAP: JsonObject = {
  type: "array",
  format: "map",
  items: { type: "array", minItems: 2, maxItems: 2, items: [NUMBER, DATE] },
};
const SET: JsonObject = { type: "array", items: DATE, uniqueItems: true };
const DAY = new Date("2026-11-23T00:00:00Z");
const literal = (text: string) => parseJson(text);

const TAKEN: [what: string, schema: JsonObject, value: Json, argument: unknown][] = [
  ["T2: null of string | null", either(STRING, NULL), null, null],
  ["T2: the text null of string | null", either(STRING, NULL), "null", "null"],
  ["T2: null of a nullable date", either(DATE, NULL), null, null],
  ["T2: a date of a nullable date", either(DATE, NULL), "2026-11-23", DAY],
  ["T2: null in a list", list(either(NUMBER, NULL)), [1, null], [1, null]],
  ["T2: null in a field", fields({ a: either(NUMBER, NULL) }, "a"), { a: null }, { a: null }],
  ["T2: null in a branch", either(list(either(STRING, NULL)), STRING), ["a", null], ["a", null]],
  ["T2: null among choices", { enum: ["a", null] }, null, null],
  ["T2: type lists", { type: ["string", "null"] }, null, null],
  ["T2: nullable", { type: "string", nullable: true }, null, null],
  ["T2: null alone", NULL, null, null],
  ["T3: a Map of an object", TEXT_MAP, { a: "1" }, new Map([["a", 1]])],
  ["T3: a Map of pairs", TEXT_MAP, [["a", 1]], new Map([["a", 1]])],
  ["T3: keys that are numbers", NUMBER_MAP, [[1, "2026-11-23"]], new Map([[1, DAY]])],
  ["T3: keys of an object, read as numbers", NUMBER_MAP, { 1: "2026-11-23" }, new Map([[1, DAY]])],
  ["T3: Maps in a list", list(TEXT_MAP), [{ a: 1 }], [new Map([["a", 1]])]],
  ["T3: a key named __proto__", TEXT_MAP, JSON.parse('{"__proto__":1}'), new Map([["__proto__", 1]])],
  [
    "T3: the Map of an old deployment stays an object",
    { type: "object", additionalProperties: NUMBER },
    { a: 1 },
    { a: 1 },
  ],
  ["T3: a Set of dates", SET, ["2026-11-23"], new Set([DAY])],
  ["T3: bytes of base64", BYTES, "AQID/w==", new Uint8Array([1, 2, 3, 255])],
  ["T3: a Buffer", { type: "string", format: "buffer" }, "AQI=", Buffer.from([1, 2])],
  ["T3: an ArrayBuffer", { type: "string", format: "array-buffer" }, "AQI=", new Uint8Array([1, 2]).buffer],
  ["T6: an integer with a fraction of zeros", BIGINT, JSON.rawJSON("9007199254740993.0"), 9007199254740993n],
  ["T6: an integer with an exponent", BIGINT, JSON.rawJSON("1.5e23"), 150_000_000_000_000_000_000_000n],
  ["T3: bytes of the other alphabet", BYTES, "AQID_w", new Uint8Array([1, 2, 3, 255])],
  ["T3: bytes of an old deployment", { type: "string", format: "binary" }, "AQID", Buffer.from([1, 2, 3])],
  ["T3: bytes of a Buffer's JSON", BYTES, { type: "Buffer", data: [1, 2] }, new Uint8Array([1, 2])],
  ["T3: bytes of a list", BYTES, [0, 255], new Uint8Array([0, 255])],
  ["T3: no bytes", BYTES, "", new Uint8Array([])],
  ["T3: a bigint of an integer", BIG, 5, 5n],
  ["T3: a bigint of text", BIG, "-12345678901234567890", -12345678901234567890n],
  ["T3: a bigint in a union", either(BIG, NULL), 5, 5n],
  ["T6: a bigint of many digits", BIG, literal("9007199254740993"), 9007199254740993n],
  ["T6: digits that JSON.stringify shortens", BIG, literal("1152921504606847000"), 1152921504606847000n],
  ["T6: a text of many digits", STRING, literal("9007199254740993"), "9007199254740993"],
  ["T6: 1.0 of a text", STRING, literal("1.0"), "1.0"],
  ["T6: without a type a bigint", {}, literal('{"a":[9007199254740993,1.0]}'), { a: [9007199254740993n, 1] }],
  ["T6: an integer that a number holds", NUMBER, literal("9007199254740992"), 9007199254740992],
  ["T6: 2 ** 60", NUMBER, literal("1152921504606846976"), 2 ** 60],
  ["T6: 1.0 of an integer", { type: "integer" }, literal("1.0"), 1],
  ["T6: 1.0 of a bigint", BIG, literal("1.0"), 1n],
  ["T6: 1e5", NUMBER, literal("1e5"), 100_000],
  ["T6: -0", NUMBER, literal("-0"), -0],
  ["T6: 1.0 is the choice 1", { enum: [1, 2] }, literal("1.0"), 1],
  [
    "T6: a choice of many digits",
    { enum: [literal("9007199254740993")], format: "bigint" },
    literal("9007199254740993"),
    9007199254740993n,
  ],
  ["const", { const: "a" }, "a", "a"],
  ["oneOf", { oneOf: [NUMBER, STRING] }, "5", "5"],
  [
    "allOf of two objects",
    { allOf: [fields({ a: NUMBER }), fields({ b: NUMBER })] },
    { a: "1", b: "2" },
    { a: 1, b: 2 },
  ],
  ["the exact branch", either(NUMBER, STRING), "5", "5"],
  ["the exact branch, a number", either(STRING, NUMBER), literal("5.0"), 5],
  ["number | bigint, few digits", either(NUMBER, BIG), 5, 5],
  ["number | bigint, many", either(NUMBER, BIG), literal("9007199254740993"), 9007199254740993n],
  ["string | Date: text is a string", either(STRING, DATE), "2026-11-23", "2026-11-23"],
  ["number | Date", either(NUMBER, DATE), "2026-11-23", DAY],
  ["boolean | Date", either({ type: "boolean" }, DATE), true, true],
  ["number[] | bytes: a list", either(list(NUMBER), BYTES), [1], [1]],
  ["number[] | bytes: text", either(list(NUMBER), BYTES), "AQ==", new Uint8Array([1])],
  ["integer | string: no fraction is lost", either({ type: "integer" }, STRING), 5.5, "5.5"],
  [
    "the branch that knows the keys",
    either(fields({ b: STRING }), fields({ a: STRING, c: DATE })),
    { a: "x", c: "2026-11-23" },
    { a: "x", c: DAY },
  ],
  [
    "the branch of the tag",
    either(fields({ k: { const: "a" }, v: NUMBER }), fields({ k: { const: "b" }, v: BIG })),
    { k: "b", v: 1 },
    { k: "b", v: 1n },
  ],
];
for (const [what, schema, value, argument] of TAKEN) {
  test(`${what}: ${JSON.stringify(value)}`, () => expect(bound(schema, value)).toStrictEqual(argument));
}

const REFUSED: [what: string, schema: JsonObject, value: Json, sentence: string][] = [
  ["T2: null of a string", STRING, null, "parameter 'p': must be text, got null"],
  ["T2: null of a date", DATE, null, "must be a date"],
  ["T2: null in a list", list(NUMBER), [null], "parameter 'p.0': must be a number, got null"],
  ["T2: null in a field", fields({ a: STRING }), { a: null }, "parameter 'p.a': must be text, got null"],
  ["T2: null of a union", either(NUMBER, STRING), null, "fits none of the types"],
  ["T2: null of choices", { enum: ["null"] }, null, 'must be one of "null", got null'],
  ["T2: a word of number | null", either(NUMBER, NULL), "x", `must be a number, or null, got "x"`],
  ["T3: a list that is no pairs", TEXT_MAP, [1], "parameter 'p.0': must be a pair of a key and a value, got 1"],
  ["T3: a value of a Map", TEXT_MAP, { a: "x" }, "parameter 'p.a': must be a number"],
  ["T3: a key of a Map", NUMBER_MAP, { x: "2026-11-23" }, "parameter 'p.x': has a key that must be a number"],
  ["T3: a Map of text", TEXT_MAP, "a", "must be an object or a list of pairs"],
  ["T3: bytes of other text", BYTES, "hello", "must be bytes as base64 text"],
  ["T3: bytes of large numbers", BYTES, [256], "must be a list of numbers from 0 to 255"],
  ["T3: half a bigint", BIG, 5.5, "must be an integer"],
  [
    "T6: a number of many digits",
    NUMBER,
    literal("9007199254740993"),
    "declare the parameter as bigint, or as string, got 9007199254740993",
  ],
  ["T6: text of many digits", NUMBER, "9007199254740993", "declare the parameter as bigint"],
  [
    "T6: an integer of many digits",
    { type: "integer" },
    literal("9007199254740993"),
    "declare the parameter as bigint",
  ],
  ["T6: 1E400", NUMBER, literal("1E400"), "must be a number of at most 1.8e308, got 1E400"],
  ["T6: 1E400 without a type", {}, literal('{"a":[1E400]}'), "parameter 'p.a.0': is too large for a number, got 1E400"],
  [
    "a key that is not known",
    { ...fields({ a: STRING }), additionalProperties: false },
    { b: 1 },
    "parameter 'p.b': is not known, got 1",
  ],
  ["digits in a list of a boolean", { type: "boolean" }, literal("[1.0]"), "must be true or false, got [1.0]"],
  ["digits in a list of a choice", { enum: ["a"] }, literal("[1.0]"), 'must be one of "a", got [1.0]'],
  ["digits in a list of a text", STRING, literal("[1.0]"), "must be text, got [1.0]"],
  ["digits in a list of a date", DATE, literal("[1.0]"), "must be a date"],
  ["digits in a list of bytes", BYTES, literal("[1.5]"), "must be a list of numbers"],
  ["a long text is shortened", NUMBER, "x".repeat(10_000), `got "${"x".repeat(199)}…`],
];
for (const [what, schema, value, sentence] of REFUSED) {
  test(`${what} is refused: ${sentence}`, () => expect(() => bound(schema, value)).toThrow(sentence));
}

describe("schemas that refer to themselves", () => {
  const JSON_TYPE = {
    Json: either(STRING, NUMBER, { type: "boolean" }, NULL, list({ $ref: "#/definitions/Json" }), {
      type: "object",
      additionalProperties: { $ref: "#/definitions/Json" },
    }),
  };

  test("are read as deep as the value goes", () => {
    let value: Json = literal("1.0");
    for (let level = 0; level < 400; level += 1) value = level % 2 ? [value] : { a: value };
    const read = bound({ $ref: "#/definitions/Json" }, value, JSON_TYPE);
    expect(JSON.stringify(read)).toBe(JSON.stringify(value).replace("1.0", "1"));
  });

  test("two branches of one shape are not tried again at each level", () => {
    const tree = (name: string) =>
      fields({ kids: list(either({ $ref: "#/definitions/A" }, { $ref: "#/definitions/B" })), [name]: NUMBER });
    let value: Json = {};
    for (let level = 0; level < 60; level += 1) value = { kids: [value] };
    const read = bound(either({ $ref: "#/definitions/A" }, { $ref: "#/definitions/B" }), value, {
      A: tree("a"),
      B: tree("b"),
    });
    expect(isObject(read)).toBe(true);
  });

  test("circles of references end", () => {
    expect(bound({ $ref: "#/definitions/A" }, 5, { A: { $ref: "#/definitions/A" } })).toBe(5);
  });
});

test("null of an optional parameter without a default is a parameter that was left out, as in Python", () => {
  const call = (property: JsonObject) =>
    bindParameters((p: unknown) => p, { properties: { p: property } }, { p: null })[0];
  expect(call(NUMBER)).toBeUndefined();
  expect(call(either(NUMBER, NULL))).toBeNull();
  expect(() => call({ ...NUMBER, default: 5 })).toThrow("must be a number, got null");
});

test("parameters without a schema are programs' numbers too", () => {
  const given = literal('{"p":9007199254740993}') as JsonObject;
  expect(bindParameters((p: unknown) => p, null, given)).toEqual([9007199254740993n]);
});

describe("parameters of any name", () => {
  const names = ["toString", "constructor", "__proto__", "größe"];
  const schema: JsonObject = {
    properties: Object.fromEntries(names.map((name, position) => [name, { ...NUMBER, position }])),
  };
  // Made of text, as the linter takes these names for mistakes.
  const fn = new Function(...names, "return [];") as UserFunction;

  test("are given by their names, and undefined where they are left out", () => {
    expect(bindParameters(fn, schema, literal('{"__proto__":"1","größe":2}') as JsonObject)).toEqual([
      undefined,
      undefined,
      1,
      2,
    ]);
    expect(bindParameters(fn, schema, {})).toEqual([undefined, undefined, undefined, undefined]);
    expect(bindParameters(fn, null, { größe: 2 })).toEqual([undefined, undefined, undefined, 2]);
    const written = Object.assign(() => {}, { toString: () => "(gr\\u{f6}\\u00dfe, b) => 0" });
    expect(bindParameters(written, null, { größe: 2 })).toEqual([2, undefined]);
  });
});

test("the defaults of a whole object are read by their types", () => {
  const schema: JsonObject = {
    properties: {
      a: NUMBER,
      d: { ...DATE, default: "2026-11-23" },
      b: { ...BIG, default: literal("9007199254740993") },
    },
  };
  const fn = ({ a, d, b }: { a: number; d: Date; b: bigint } = { a: 1, d: DAY, b: 9007199254740993n }) => [a, d, b];
  expect(bindParameters(fn, schema, { a: 5 })).toEqual([{ a: 5, d: DAY, b: 9007199254740993n }]);
});
