// Parameters of the command line, read by the types of the flow.
import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parametersMeant, parseParams, parseSingle, readParams } from "#cli/options/json-arguments.ts";
import type { JsonObject } from "#lib/json.ts";

const schemaOf = (property: JsonObject, more: JsonObject = {}): JsonObject => ({
  properties: { s: property },
  ...more,
});
const either = (...anyOf: JsonObject[]): JsonObject => ({ anyOf });
const STRING: JsonObject = { type: "string" };
const NULL: JsonObject = { type: "null" };

/** The JSON that `--param s=TEXT` sends. */
function sent(text: string, schema: JsonObject | null, more: { isPython?: boolean; isLoose?: boolean } = {}): string {
  return JSON.stringify(parametersMeant({ single: parseSingle([`s=${text}`]), all: {} }, { schema, ...more })["s"]);
}

const TYPED = [
  "1.10",
  "12345678901234567890",
  "1e5",
  "true",
  "null",
  "[1]",
  "2024-01-01",
  "-0",
  "0x10",
  " 5 ",
  "",
  '{"a":1}',
];
for (const text of TYPED) {
  test(`T5: --param s=${text} of a string is the text that was typed`, () => {
    expect(sent(text, schemaOf(STRING))).toBe(JSON.stringify(text));
    expect(sent(text, schemaOf({ type: "string", format: "date-time" }))).toBe(JSON.stringify(text));
  });
}

const READ: [what: string, schema: JsonObject, text: string, json: string][] = [
  ["T2: null of string | null", either(STRING, NULL), "null", "null"],
  ["T2: null of a nullable date", either({ type: "string", format: "date-time" }, NULL), "null", "null"],
  ["T2: null among the choices", { enum: ["a", null] }, "null", "null"],
  ["T2: null of a type list", { type: ["string", "null"] }, "null", "null"],
  ["T2: null of number | null", either({ type: "number" }, NULL), "null", "null"],
  ["a nullable text keeps its digits", either(STRING, NULL), "1.10", '"1.10"'],
  ["choices that are text", { enum: ["1", "2"] }, "1", '"1"'],
  ["choices of both kinds", { enum: ["a", 1] }, "1", "1"],
  ["string | number: written so", either(STRING, { type: "number" }), "5", "5"],
  ["string | number: not written so", either(STRING, { type: "number" }), "1.10", '"1.10"'],
  [
    "string | number: too many digits",
    either(STRING, { type: "number" }),
    "12345678901234567890",
    '"12345678901234567890"',
  ],
  [
    "string | bigint",
    either(STRING, { type: "integer", format: "bigint" }),
    "12345678901234567890",
    "12345678901234567890",
  ],
  ["string | boolean", either(STRING, { type: "boolean" }), "true", "true"],
  ["string | boolean, a number", either(STRING, { type: "boolean" }), "1", '"1"'],
  ["string | string[]", either(STRING, { type: "array", items: STRING }), '["1", 2.50]', '["1","2.50"]'],
  [
    "texts in a list",
    { type: "array", items: STRING },
    "[1.10, 12345678901234567890]",
    '["1.10","12345678901234567890"]',
  ],
  ["texts in an object", { type: "object", additionalProperties: STRING }, '{"a": 1e5}', '{"a":"1e5"}'],
  [
    "pairs of a Map",
    { type: "array", format: "map", items: { type: "array", items: [{ type: "integer" }, STRING] } },
    "[[1, 1.0]]",
    '[[1,"1.0"]]',
  ],
  ["text in quotation marks", STRING, '"1.10"', '"1.10"'],
  ["half a quotation mark", STRING, 'say "hi', '"say \\"hi"'],
  ["T6: digits of an integer", { type: "integer" }, "9007199254740993", "9007199254740993"],
  ["T6: digits without a type", {}, "9007199254740993", "9007199254740993"],
  ["T6: a float beyond numbers", {}, "1E400", "1E400"],
  ["a number", { type: "number" }, "1.10", "1.1"],
  ["words that are no JSON", {}, "ultimate", '"ultimate"'],
];
for (const [what, schema, text, json] of READ) {
  test(`--param of ${what}: s=${text} is ${json}`, () => expect(sent(text, schemaOf(schema))).toBe(json));
}

test("references and definitions are followed", () => {
  const schema = schemaOf({ allOf: [{ $ref: "#/definitions/Id" }] }, { definitions: { Id: STRING } });
  expect(sent("007", schema)).toBe('"007"');
});

test("T5: --params is read by the same types, at any depth", () => {
  const schema = { properties: { a: STRING, o: { type: "object", properties: { id: STRING } }, n: {} } } as JsonObject;
  const all = parseParams(
    '{"a": 1.10, "o": {"id": 12345678901234567890}, "n": [9007199254740993, 1.0], "__proto__": 1}',
  );
  expect(JSON.stringify(parametersMeant({ single: new Map(), all }, { schema }))).toBe(
    '{"a":"1.10","o":{"id":"12345678901234567890"},"n":[9007199254740993,1.0],"__proto__":1}',
  );
});

test("without a schema what reads as JSON is JSON", () => {
  expect(sent("1.0", null)).toBe("1.0");
  expect(sent("x=y", null)).toBe('"x=y"');
  expect(() => sent('"x', null)).toThrow("Failed to parse JSON for parameter 's' with value \"x.");
  expect(sent('"x', null, { isLoose: true })).toBe('"\\"x"');
});

test("null is None where a flow in Python leaves a text out, as its schema does not tell", () => {
  expect(sent("null", schemaOf(STRING), { isPython: true })).toBe("null");
  expect(sent("null", schemaOf(STRING, { required: ["s"] }), { isPython: true })).toBe('"null"');
  expect(sent("null", schemaOf({ type: "string", default: "a" }), { isPython: true })).toBe('"null"');
});

describe("refused with a sentence", () => {
  test("a parameter that is given twice", () => {
    expect(() => parseSingle(["s=1", "s=2"])).toThrow("--param s is given twice: give it once.");
  });

  const deep = (levels: number) => "[".repeat(levels) + "]".repeat(levels);
  for (const levels of [1_000, 100_000]) {
    test(`${levels} levels`, () => {
      expect(() => sent(deep(levels), schemaOf({}))).toThrow("The parameter 's' is nested deeper than 500 levels.");
      expect(() => parseParams(`{"a": ${deep(levels)}}`)).toThrow("--params is nested deeper than 500 levels.");
    });
  }

  test("--params that is no object", () => {
    for (const text of ["1", "[1]", "null", "{", "NaN"]) expect(() => parseParams(text)).toThrow("must be an object");
  });
});

describe("--params @FILE", () => {
  const cwd = mkdtempSync(join(tmpdir(), "orch-params-"));
  afterAll(() => rmSync(cwd, { recursive: true }));
  const read = (given: string) => readParams(given, { cwd, stdin: async () => "" });
  const file = (name: string, bytes: string | Uint8Array) => writeFileSync(join(cwd, name), bytes);

  test("is read whatever its line breaks, and with the mark that some editors put in front", async () => {
    file("crlf.json", '{\r\n"name": "Ada"\r\n}\r\n');
    file("bom.json", '\ufeff{"name": "Ada"}');
    for (const name of ["crlf.json", "bom.json"]) expect(await read(`@${name}`)).toEqual({ name: "Ada" });
  });
  const BAD: [what: string, name: string, bytes: string | Uint8Array | undefined, sentence: string][] = [
    ["that is not there", "none.json", undefined, "There is no file 'none.json'. It was to be read for --params."],
    ["that is a folder", ".", undefined, "'.' is a folder. It was to be read for --params."],
    ["that is empty", "empty.json", " \n", "The file 'empty.json' for --params is empty: it has to hold a JSON object"],
    ["that is no JSON", "text.json", "name: Ada", "The file 'text.json' for --params holds no JSON: it has to hold"],
    ["with a list", "list.json", "[1]", "The file 'list.json' for --params holds JSON of another kind: it has to hold"],
    ["of bytes", "bytes.json", Buffer.from([0xff, 0xfe]), "The file 'bytes.json' for --params is no text in UTF-8."],
    [
      "that is huge",
      "huge.json",
      Buffer.alloc(9_000_000, "1"),
      "The file 'huge.json' for --params holds more than 8 MB",
    ],
  ];
  for (const [what, name, bytes, sentence] of BAD) {
    test(`a file ${what} is one sentence that names it`, async () => {
      if (bytes !== undefined) file(name, bytes);
      await expect(read(`@${name}`)).rejects.toThrow(sentence);
    });
  }
  test("a file's name without the @ is noticed", async () => {
    file("given.json", "{}");
    await expect(read("given.json")).rejects.toThrow("To read the file: --params @given.json");
    await expect(read("{")).rejects.toThrow(/'\{"name": "Ada"\}'\.$/);
  });
});
