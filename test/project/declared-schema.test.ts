// Flows that declare a schema for their parameters: the JSON schema their deployments carry, for each library.
import { describe, expect, test } from "bun:test";
import { type } from "arktype";
import * as v from "valibot";
import * as z from "zod";
import type { FlowDefinition } from "#domain/definitions.ts";
import type { StandardSchema } from "#domain/standard-schema.ts";
import { declaredSchema } from "#project/declared-schema.ts";
import { flow } from "#sdk/index.ts";

const FILE = `${import.meta.dir}/here.ts`;

async function schemaOf(parameters: StandardSchema): Promise<{ schema: unknown; notes: string[] }> {
  const notes: string[] = [];
  const definition = flow(async () => {}, { name: "f", parameters }) as unknown as FlowDefinition; // its type is not asked
  return { schema: await declaredSchema(definition, FILE, (line) => notes.push(line)), notes };
}

test("a flow without one has none", async () => {
  expect(
    await declaredSchema(
      flow(async () => {}),
      FILE,
      () => {},
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

test("what is no object is refused", () => {
  expect(schemaOf(z.string())).rejects.toThrow("The schema of the parameters of 'f' must be that of an object.");
});
