import { describe, expect, test } from "bun:test";
import type { UserFunction } from "#domain/parameters/parameter-names.ts";
import { bindParameters, checkParameterNames } from "#domain/parameters/parameters.ts";
import type { Json, JsonObject } from "#lib/json.ts";

const schemaOf = (properties: JsonObject, more: JsonObject = {}): JsonObject => ({
  title: "Parameters",
  type: "object",
  properties: Object.fromEntries(
    Object.entries(properties).map(([name, keywords], position) => [
      name,
      { title: name, position, ...(keywords as object) },
    ]),
  ),
  ...more,
});

/** The one argument that a value becomes. */
function bound(keywords: JsonObject, value: Json, definitions: JsonObject = {}): unknown {
  return bindParameters((p: unknown) => p, schemaOf({ p: keywords }, { definitions }), { p: value })[0];
}

const color = { Color: { enum: ["red", "green"], type: "string" } };
const address = {
  Address: { type: "object", properties: { zip: { type: "integer" } }, required: ["zip"] },
};

const TAKEN: [keywords: JsonObject, value: Json, argument: unknown][] = [
  [{}, { any: ["thing"] }, { any: ["thing"] }],
  [{ type: "string" }, "a", "a"],
  [{ type: "string" }, 5, "5"],
  [{ type: "string", pattern: "^id-" }, "id-5", "id-5"],
  [{ type: "string", pattern: "(?no pattern here" }, "x", "x"],
  [{ type: "string" }, true, "true"],
  [{ type: "number" }, "0.5", 0.5],
  [{ type: "number" }, true, 1],
  [{ type: "integer" }, "5", 5],
  [{ type: "integer" }, 5.9, 5],
  [{ type: "boolean" }, "on", true],
  [{ type: "boolean" }, 0, false],
  [{ type: "string", format: "date-time" }, "2026-11-23T12:00:00Z", new Date("2026-11-23T12:00:00Z")],
  [{ type: "string", format: "date" }, "2026-11-23", new Date("2026-11-23")],
  [{ type: "string", format: "date-time" }, 1_795_435_200, new Date("2026-11-23T12:00:00Z")],
  [{ type: "string", format: "date-time" }, 1_795_435_200_000, new Date("2026-11-23T12:00:00Z")],
  [{ type: "string", format: "uri" }, "http://x.y/z", new URL("http://x.y/z")],
  [{ type: "integer" }, " 5 ", 5],
  [{ type: "integer" }, "-7", -7],
  [{ type: "number" }, "1e3", 1000],
  [{ type: "number" }, ".5", 0.5],
  [{ type: "integer", format: "bigint" }, "9007199254740993", 9007199254740993n],
  [{ type: "integer", format: "bigint" }, 5, 5n],
  [{ enum: ["a", "b"], type: "string" }, "b", "b"],
  [{ enum: [1, 2], type: "number" }, "2", 2],
  [{ type: "array", items: { type: "integer" } }, ["1", 2], [1, 2]],
  [{ type: "array", items: {} }, [1, "x"], [1, "x"]],
  [{ type: "array", items: { type: "string" }, uniqueItems: true }, ["a", "a"], new Set(["a"])],
  [{ type: "array", minItems: 2, maxItems: 2, items: [{ type: "string" }, { type: "integer" }] }, [1, "2"], ["1", 2]],
  [{ type: "object", additionalProperties: { type: "integer" } }, { a: "1" }, { a: 1 }],
  [
    { type: "object", properties: { n: { type: "integer" } } },
    { n: "1", more: true },
    { n: 1, more: true },
  ],
  [{ anyOf: [{ type: "number" }, { type: "string" }] }, "text", "text"],
  [{ anyOf: [{ type: "number" }, { type: "string" }] }, "5", "5"],
  // The branch that changes nothing is the one that was meant.
  [{ anyOf: [{ type: "string" }, { type: "number" }] }, 5, 5],
  [
    {
      anyOf: [
        { type: "array", items: { type: "string" } },
        { type: "array", items: { type: "number" } },
      ],
    },
    [1, 2],
    [1, 2],
  ],
  [{ allOf: [{ $ref: "#/definitions/Color" }] }, "red", "red"],
  [{ $ref: "#/definitions/Address" }, { zip: "12345" }, { zip: 12345 }],
  // Clients in Python send None for what they leave out.
  [{ type: "integer" }, null, undefined],
];
for (const [keywords, value, argument] of TAKEN) {
  test(`${JSON.stringify(keywords)} takes ${JSON.stringify(value)}`, () => {
    expect(bound(keywords, value, { ...color, ...address })).toEqual(argument);
  });
}

const REFUSED: [keywords: JsonObject, value: Json, sentence: string][] = [
  [{ type: "string" }, ["a"], "parameter 'p': must be text"],
  [{ type: "string", pattern: "^id-" }, "x-5", "parameter 'p': must look like /^id-/"],
  [{ type: "integer" }, "five", "parameter 'p': must be an integer"],
  [{ type: "integer" }, "1.5", "parameter 'p': must be an integer"],
  [{ type: "integer" }, "0x10", "parameter 'p': must be an integer"],
  [{ type: "integer", format: "bigint" }, "1.5", "parameter 'p': must be an integer"],
  [{ type: "number" }, "1e999", "parameter 'p': must be a number"],
  [{ type: "number" }, ["1"], "parameter 'p': must be a number"],
  [{ type: "string", format: "uri" }, "not a url", "parameter 'p': must be a URL"],
  [{ type: "string", format: "date-time" }, 1e300, "parameter 'p': must be a date"],
  [{ type: "object", properties: {}, required: ["toString"] }, {}, "parameter 'p.toString' is missing"],
  [{ type: "number" }, "", "parameter 'p': must be a number"],
  [{ type: "boolean" }, "perhaps", "parameter 'p': must be true or false"],
  [{ type: "string", format: "date-time" }, "soon", "parameter 'p': must be a date"],
  [{ enum: ["a", "b"], type: "string" }, "c", `parameter 'p': must be one of "a", "b"`],
  [{ type: "array", items: { type: "integer" } }, [1, "x"], "parameter 'p.1': must be an integer"],
  [{ type: "array", items: {} }, "x", "parameter 'p': must be a list"],
  [{ type: "array", items: [{}, {}], minItems: 2, maxItems: 2 }, [1], "at least 2 items"],
  [{ type: "array", items: [{}], minItems: 1, maxItems: 1 }, [1, 2], "at most 1 items"],
  [{ type: "object" }, "x", "parameter 'p': must be an object"],
  [{ $ref: "#/definitions/Address" }, {}, "parameter 'p.zip' is missing"],
  [{ $ref: "#/definitions/Address" }, { zip: "x" }, "parameter 'p.zip': must be an integer"],
  [{ anyOf: [{ type: "integer" }, { type: "boolean" }] }, "x", "fits none of the types"],
];
for (const [keywords, value, sentence] of REFUSED) {
  test(`${JSON.stringify(keywords)} refuses ${JSON.stringify(value)}: ${sentence}`, () => {
    expect(() => bound(keywords, value, address)).toThrow(sentence);
  });
}

describe("named parameters become the arguments of a call", () => {
  const two = schemaOf({ name: { type: "string" }, num: { type: "number" } });
  const CALLS: [text: string, fn: UserFunction, schema: JsonObject | null, given: JsonObject, args: unknown[]][] = [
    ["in their order", (name: string, num: number) => [name, num], two, { num: 1, name: "a" }, ["a", 1]],
    ["leaving out what has a default", (name: string, num = 42) => [name, num], two, { name: "a" }, ["a", undefined]],
    [
      "as one object",
      ({ name, num }: { name: string; num: number }) => [name, num],
      two,
      { name: "a" },
      [{ name: "a" }],
    ],
    [
      "as one object, with its rest",
      ({ name, ...kwargs }: { name: string }) => [name, kwargs],
      schemaOf({ name: {}, kwargs: { type: "object" } }),
      { name: "a", kwargs: { cattype: "tabby" } },
      [{ name: "a", cattype: "tabby" }],
    ],
    [
      "with a list of further ones",
      (name: string, ...rest: number[]) => [name, rest],
      schemaOf({ name: {}, rest: { type: "array", items: { type: "integer" } } }),
      { name: "a", rest: ["1", 2] },
      ["a", 1, 2],
    ],
    ["without a schema, by the function's own names", (a: number, b: number) => [a, b], null, { b: 2, a: 1 }, [1, 2]],
    ["none at all", () => null, schemaOf({}), {}, []],
  ];
  for (const [text, fn, schema, given, args] of CALLS) {
    test(text, () => expect(bindParameters(fn, schema, given)).toEqual(args));
  }

  test("a required one that is missing is named", () => {
    const schema = schemaOf({ name: { type: "string" } }, { required: ["name"] });
    expect(() => bindParameters((name: string) => name, schema, {})).toThrow("missing required parameter 'name'");
  });

  test("a required one may not be null", () => {
    const schema = schemaOf({ name: { type: "string" } }, { required: ["name"] });
    expect(() => bindParameters((name: string) => name, schema, { name: null })).toThrow("parameter 'name'");
  });
});

test("parameters that a deployment does not have are named, with those it has", () => {
  const schema = schemaOf({ name: {}, num: {} });
  expect(() => checkParameterNames(schema, ["name"])).not.toThrow();
  expect(() => checkParameterNames(schema, ["nam", "nun"])).toThrow(/'nam', 'nun'.*It accepts: 'name', 'num'\./);
  expect(() => checkParameterNames(schemaOf({}), ["x"])).toThrow("does not accept parameters");
});

test("a schema without properties knows no names: values go by the function's own", () => {
  const unread: JsonObject = { title: "Parameters", type: "object" };
  expect(() => checkParameterNames(unread, ["anything"])).not.toThrow();
  expect(bindParameters((a: number, b: number) => [a, b], unread, { b: 2, a: 1 })).toEqual([1, 2]);
});

test("names that every object has are not taken for given, nor for a prototype", () => {
  const schema = schemaOf({ constructor: { type: "string" } }, { required: ["constructor"] });
  expect(() => bindParameters((p: string) => p, schema, {})).toThrow("missing required parameter 'constructor'");
  const tricky = JSON.parse('{ "__proto__": { "admin": true } }') as JsonObject; // as a request brings it
  const [object] = bindParameters((p: object) => p, schemaOf({ p: { type: "object" } }), { p: tricky });
  expect((object as { admin?: boolean }).admin).toBeUndefined();
  expect(Object.keys(object as object)).toEqual(["__proto__"]);
});

test("a pattern beside another parameter is one parameter, called by its place", () => {
  const fn = ({ a }: { a: number }, b: number) => [a, b];
  const schema = schemaOf({ arg0: { type: "object" }, b: { type: "number" } });
  expect(bindParameters(fn, schema, { arg0: { a: 1 }, b: 2 })).toEqual([{ a: 1 }, 2]);
});
