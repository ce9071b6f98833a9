// Flows that declare a schema for their parameters: the JSON schema their deployments carry, for each library.
import { describe, expect, test } from "bun:test";
import { type } from "arktype";
import * as v from "valibot";
import * as z from "zod";
import * as mini from "zod/mini";
import { object as oldObject, string as oldString } from "zod/v3";
import type { FlowDefinition } from "#domain/definitions.ts";
import type { StandardSchema } from "#domain/parameters/standard-schema.ts";
import type { JsonObject } from "#lib/json.ts";
import { declaredSchema } from "#project/typescript/declared-schema.ts";
import { flow } from "#sdk/index.ts";

const FILE = `${import.meta.dir}/here.ts`;

async function schemaOf(parameters: StandardSchema): Promise<{ schema: unknown; notes: string[] }> {
  const notes: string[] = [];
  const definition = flow(async () => {}, { name: "f", parameters }) as unknown as FlowDefinition; // its type is not asked
  const typed = async () => ({});
  return { schema: await declaredSchema(definition, FILE, (line) => notes.push(line), typed), notes };
}

test("a flow without one has none", async () => {
  expect(
    await declaredSchema(
      flow(async () => {}),
      FILE,
      () => {},
      async () => ({}),
    ),
  ).toBeUndefined();
});

const LIBRARIES: [name: string, schema: StandardSchema][] = [
  [
    "zod",
    z.object({
      name: z.string().describe("who is greeted").default("Marvin"),
      num: z.int().min(1).optional(),
      kind: z.enum(["loud", "quiet"]),
    }),
  ],
  [
    "valibot",
    v.object({
      name: v.optional(v.pipe(v.string(), v.description("who is greeted")), "Marvin"),
      num: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1))),
      kind: v.picklist(["loud", "quiet"]),
    }),
  ],
];
describe("names, types, defaults, descriptions and places", () => {
  for (const [name, schema] of LIBRARIES) {
    test(name, async () => {
      const { schema: found, notes } = await schemaOf(schema);
      expect(found).toMatchObject({
        title: "Parameters",
        type: "object",
        properties: {
          name: { title: "name", description: "who is greeted", default: "Marvin", position: 0, type: "string" },
          num: { title: "num", position: 1, type: "integer", minimum: 1 },
          kind: { title: "kind", position: 2, enum: ["loud", "quiet"] },
        },
        required: ["kind"],
      });
      expect(notes).toEqual([]);
    });
  }
  test("arktype", async () => {
    const { schema } = await schemaOf(type({ name: "string", "num?": "number.integer >= 1" }));
    expect(schema).toMatchObject({
      properties: { name: { title: "name", type: "string" }, num: { title: "num", type: "integer", minimum: 1 } },
      required: ["name"],
    });
  });
});

test("types that are used again become definitions", async () => {
  const item = z.object({ price: z.number() }).meta({ id: "Item" });
  const { schema } = await schemaOf(z.object({ a: item, b: z.array(item) }));
  expect(schema).toMatchObject({
    properties: { a: { $ref: "#/definitions/Item" }, b: { items: { $ref: "#/definitions/Item" } } },
    definitions: { Item: { type: "object", properties: { price: { type: "number" } } } },
  });
});

test("a library that gives no JSON schema is noted, and its flow takes any parameters until it runs", async () => {
  const validate = (value: unknown) => ({ value });
  const { schema, notes } = await schemaOf({ "~standard": { version: 1, vendor: "mine", validate } });
  expect(schema).toEqual({ title: "Parameters", type: "object" });
  expect(notes).toEqual(["Note: 'mine' gives no JSON schema, so the parameters of 'f' are checked by its runs alone."]);
});

describe("T7: an object in other words", () => {
  const a = z.object({ a: z.string() });
  const b = z.object({ a: z.number(), b: z.string().optional() });
  const TEXT = { type: "string" };
  const SCHEMAS: [what: string, schema: StandardSchema, properties: object | undefined, more: object][] = [
    ["both of two", a.and(z.object({ b: z.number() })), { a: TEXT, b: { type: "number" } }, { required: ["a", "b"] }],
    ["one of two", z.union([a, b]), { a: { anyOf: [TEXT, { type: "number" }] }, b: TEXT }, { required: ["a"] }],
    [
      "one of two that are told apart",
      z.discriminatedUnion("kind", [a.extend({ kind: z.literal("a") }), z.object({ kind: z.literal("n") })]),
      {
        a: TEXT,
        kind: {
          anyOf: [
            { ...TEXT, const: "a" },
            { ...TEXT, const: "n" },
          ],
        },
      },
      { required: ["kind"] },
    ],
    ["null, or one", a.nullable(), { a: TEXT }, { required: ["a"] }],
    ["with more", z.looseObject({ a: z.string() }), { a: TEXT }, { required: ["a"], additionalProperties: {} }],
    ["a record", z.record(z.string(), z.number()), {}, { additionalProperties: { type: "number" } }],
    ["valibot with more", v.looseObject({ a: v.string() }), { a: TEXT }, { required: ["a"], additionalProperties: {} }],
    ["anything that is converted", z.preprocess((value) => value, a), undefined, {}],
  ];
  for (const [what, schema, properties, more] of SCHEMAS) {
    test(`T7: ${what}`, async () => {
      const { schema: found, notes } = await schemaOf(schema);
      const { properties: read, ...rest } = found as { properties?: Record<string, JsonObject> };
      const entries = Object.entries(read ?? {}).map(([name, { title: _, position: __, ...keywords }]) => [
        name,
        keywords,
      ]);
      expect({ properties: read && Object.fromEntries(entries), ...rest, notes }).toEqual({
        ...{ title: "Parameters", type: "object", properties, notes: [] },
        ...more,
      });
    });
  }
});

test("what is no object is refused", () => {
  expect(schemaOf(z.string())).rejects.toThrow("The schema of the parameters of 'f' must be that of an object.");
});

describe("T7: what JSON schema cannot say is left open, and nothing is said that is not so", () => {
  const anything = {};
  const DATE = { type: "string", format: "date-time" };
  const BIG = { type: "integer", format: "bigint" };
  const SET = { type: "array", uniqueItems: true };
  const TEXT = { type: "string" };
  const FIELDS: [what: string, schema: StandardSchema, keywords: object, required?: boolean][] = [
    ["zod coerce.date()", z.object({ p: z.coerce.date() }), anything],
    ["zod coerce.number().optional()", z.object({ p: z.coerce.number().optional() }), anything, false],
    ["zod date()", z.object({ p: z.date() }), DATE],
    ["zod date().default(() => new Date())", z.object({ p: z.date().default(() => new Date()) }), DATE, false],
    ["zod bigint()", z.object({ p: z.bigint() }), BIG],
    ["zod set()", z.object({ p: z.set(z.string()) }), SET],
    ["zod map()", z.object({ p: z.map(z.string(), z.number()) }), anything],
    ["zod custom()", z.object({ p: z.custom<string>(() => true) }), anything],
    ["zod file()", z.object({ p: z.file() }), anything],
    ["zod transform()", z.object({ p: z.string().transform((text) => text.length) }), TEXT],
    ["zod refine()", z.object({ p: z.string().refine((text) => text !== "") }), TEXT],
    ["zod preprocess()", z.object({ p: z.preprocess((value) => value ?? 1, z.number()) }), anything, false],
    ["zod catch()", z.object({ p: z.string().catch("x") }), { default: "x" }, false],
    ["zod lazy()", z.object({ p: z.lazy(() => z.string()) }), TEXT],
    ["zod codec()", z.object({ p: z.stringbool() }), TEXT],
    ["zod readonly()", z.object({ p: z.array(z.string()).readonly() }), { type: "array", items: TEXT }],
    ["zod symbol()", z.object({ p: z.symbol() }), anything],
    ["zod nullable()", z.object({ p: z.string().nullable() }), { type: ["string", "null"] }],
    ["zod/mini", mini.object({ p: mini.optional(mini.date()) }), DATE, false],
    ["valibot date()", v.object({ p: v.date() }), DATE],
    ["valibot bigint()", v.object({ p: v.bigint() }), BIG],
    ["valibot set()", v.object({ p: v.set(v.string()) }), SET],
    [
      "valibot map(), custom()",
      v.object({ p: v.union([v.map(v.string(), v.string()), v.custom(() => true)]) }),
      { anyOf: [{}, {}] },
    ],
    ["valibot a default that is made", v.object({ p: v.optional(v.date(), () => new Date()) }), DATE, false],
    [
      "valibot transform()",
      v.object({
        p: v.pipe(
          v.string(),
          v.transform((text) => text.length),
        ),
      }),
      TEXT,
    ],
    ["arktype Date", type({ p: "Date" }), DATE],
    ["arktype bigint", type({ p: "bigint" }), anything],
    ["arktype parse", type({ p: "string.date.parse" }), TEXT],
    ["arktype a default", type({ p: "number = 5" }), { default: 5, type: "number" }, false],
    ["arktype a default that is made", type({ p: ["Date", "=", () => new Date()] }), DATE, false],
  ];
  for (const [what, schema, keywords, required = true] of FIELDS) {
    test(`T7: ${what}`, async () => {
      const { schema: found, notes } = await schemaOf(schema);
      expect({ found, notes }).toEqual({
        found: {
          title: "Parameters",
          type: "object",
          properties: { p: { title: "p", position: 0, ...keywords } },
          ...(required ? { required: ["p"] } : {}),
        },
        notes: [],
      });
    });
  }

  test("T7: zod 3 has no JSON schema: that of its types is read", async () => {
    const definition = flow(async () => {}, { name: "f", parameters: oldObject({ p: oldString() }) });
    const typed = { title: "Parameters", type: "object", properties: { p: TEXT } };
    const notes: string[] = [];
    const note = (line: string) => notes.push(line);
    expect(await declaredSchema(definition as unknown as FlowDefinition, FILE, note, async () => typed)).toEqual(typed); // its type is not asked
    expect(notes).toEqual([]);
  });
});
