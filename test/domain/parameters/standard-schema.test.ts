// Parameters that come as JSON, for schemas of libraries: what JSON lacks is made where the schema misses it.
import { expect, test } from "bun:test";
import * as v from "valibot";
import * as z from "zod";
import { checkedJson, inputFromJson } from "#domain/parameters/standard-schema.ts";
import { type JsonObject, parseJson } from "#lib/json.ts";

const DAY = new Date("2026-11-23T00:00:00Z");
const GIVEN = parseJson(
  '{"big":9007199254740993,"small":5,"day":"2026-11-23","days":["2026-11-23"],"map":{"a":1},"url":"http://x.y/","none":null,"either":5,"one":1.0,"yes":true}',
) as JsonObject;
const TAKEN = {
  ...{ big: 9007199254740993n, small: 5n, day: DAY, days: new Set([DAY]), map: new Map([["a", 1n]]) },
  ...{ url: new URL("http://x.y/"), none: null, either: 5n, one: 1, yes: true },
};

const ZOD = z.object({
  ...{ big: z.bigint(), small: z.bigint(), day: z.date(), days: z.set(z.date()), map: z.map(z.string(), z.bigint()) },
  ...{ url: z.instanceof(URL), none: z.date().nullable(), either: z.union([z.bigint(), z.date()]) },
  ...{ one: z.number().int(), yes: z.boolean() },
});
const VALIBOT = v.object({
  ...{ big: v.bigint(), small: v.bigint(), day: v.date(), days: v.set(v.date()), map: v.map(v.string(), v.bigint()) },
  ...{ url: v.instance(URL), none: v.nullable(v.date()), either: v.union([v.bigint(), v.date()]) },
  ...{ one: v.pipe(v.number(), v.integer()), yes: v.boolean() },
});
for (const [library, schema] of Object.entries({ zod: ZOD, valibot: VALIBOT })) {
  test(`T3: ${library} gets bigints, dates, Sets, Maps and URLs`, async () => {
    expect(await checkedJson(schema, GIVEN)).toStrictEqual(TAKEN);
    expect(await inputFromJson(schema, GIVEN)).toStrictEqual(TAKEN);
  });
}

test("what does not fit is refused in the library's own words", async () => {
  const schema = z.object({ a: z.bigint(), b: z.string(), c: z.number() });
  const given = parseJson('{"a":true,"b":5,"c":9007199254740993}') as JsonObject;
  const refusal = checkedJson(schema, given);
  await expect(refusal).rejects.toThrow("parameter 'a': Invalid input: expected bigint, received boolean");
  await expect(refusal).rejects.toThrow("parameter 'b': Invalid input: expected string, received number");
  await expect(refusal).rejects.toThrow("parameter 'c': Invalid input: expected number, received bigint");
});

test("a schema that takes the parameters looks at them once", async () => {
  let looks = 0;
  const schema = z.object({ a: z.number().refine(() => ++looks) });
  expect(await checkedJson(schema, { a: 1 })).toEqual({ a: 1 });
  expect(looks).toBe(1);
});
