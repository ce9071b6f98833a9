// Values of user code as JSON: what the schema reads back, or a sentence.
import { describe, expect, test } from "bun:test";
import { bindParameters } from "#domain/parameters/parameters.ts";
import { sendableParameters, shownAsJson } from "#domain/parameters/sendable.ts";
import { type JsonObject, parseJson } from "#lib/json.ts";

const schemaOf = (property: JsonObject): JsonObject => ({ properties: { p: property }, required: ["p"] });
const sent = (value: unknown, property: JsonObject = {}) => sendableParameters({ p: value }, schemaOf(property));
const either = (...anyOf: JsonObject[]): JsonObject => ({ anyOf });
const NULL: JsonObject = { type: "null" };
const NUMBER: JsonObject = { type: "number" };
const DATE: JsonObject = { type: "string", format: "date-time" };
const BIG: JsonObject = { type: "integer", format: "bigint" };
const BYTES: JsonObject = { type: "string", format: "byte" };
const TEXT_MAP: JsonObject = { type: "object", format: "map", additionalProperties: BIG };
const DATE_MAP: JsonObject = { type: "array", format: "map", items: { type: "array", items: [DATE, TEXT_MAP] } };
const DAY = new Date("2026-11-23T00:00:00Z");

const THERE_AND_BACK: [what: string, property: JsonObject, value: unknown][] = [
  ["a Map", TEXT_MAP, new Map([["a", 1n]])],
  ["an empty Map", TEXT_MAP, new Map()],
  ["a Map of dates to Maps", DATE_MAP, new Map([[DAY, new Map([["a", 9007199254740993n]])]])],
  ["a Map that may be null", either(DATE_MAP, NULL), new Map([[DAY, new Map()]])],
  ["a Map with the key __proto__", TEXT_MAP, new Map([["__proto__", 1n]])],
  ["a Set", { type: "array", uniqueItems: true, items: DATE }, new Set([DAY])],
  ["a Date", DATE, DAY],
  ["a URL", { type: "string", format: "uri" }, new URL("http://x.y/z?a=b")],
  ["a bigint", BIG, -12345678901234567890n],
  ["a small bigint", BIG, 10n],
  ["a Buffer", BYTES, Buffer.from([0, 1, 255])],
  ["bytes in a list", { type: "array", items: either(BYTES, NULL) }, [Buffer.from("x"), null]],
  ["a number that JSON shortens", NUMBER, 2 ** 60],
  ["-0", NUMBER, -0],
  ["null", either(NUMBER, NULL), null],
  ["a list of numbers", { type: "array", items: NUMBER }, [1, 2.5]],
  ["objects in objects", { type: "object", properties: { a: TEXT_MAP } }, { a: new Map([["b", 2n]]), c: [true, "x"] }],
];
for (const [what, property, value] of THERE_AND_BACK) {
  test(`T4: ${what} comes back as it was`, () => {
    const arrived = parseJson(JSON.stringify(sent(value, property))) as JsonObject;
    expect(bindParameters((p: unknown) => p, schemaOf(property), arrived)).toStrictEqual([value]);
  });
}

class Point {
  x = 1;
  get far() {
    return this.x > 5;
  }
}
const WRITTEN: [what: string, value: unknown, json: string][] = [
  ["a Map", new Map([["a", 1]]), '{"a":1}'],
  ["a Map without text as keys", new Map([[1, "a"]]), '[[1,"a"]]'],
  ["a Set", new Set([1]), "[1]"],
  ["a bigint", 9007199254740993n, "9007199254740993"],
  ["bytes", new Uint8Array([1, 2, 3]), '"AQID"'],
  ["a part of a buffer", new Uint8Array([1, 2, 3, 4]).subarray(1, 3), '"AgM="'],
  ["an ArrayBuffer", new Uint8Array([1]).buffer, '"AQ=="'],
  ["a list of floats", new Float64Array([1.5]), "[1.5]"],
  ["what says its JSON itself", { toJSON: () => ({ at: DAY }) }, '{"at":"2026-11-23T00:00:00.000Z"}'],
  ["an instance with fields", new Point(), '{"x":1}'],
  ["an object without a prototype", Object.assign(Object.create(null), { a: 1 }), '{"a":1}'],
  ["fields that are not there", { a: undefined, b: 1 }, '{"b":1}'],
  ["a text", "ä\ud800", '"ä\\ud800"'],
];
for (const [what, value, json] of WRITTEN) {
  test(`T4: without a schema ${what} is sent as ${json}`, () => {
    expect(JSON.stringify(sendableParameters({ p: value }, null))).toBe(`{"p":${json}}`);
  });
}

test("T4: bytes for a list of numbers are sent as numbers", () => {
  expect(sent(new Uint8Array([1, 2]), { type: "array", items: NUMBER })).toEqual({ p: [1, 2] });
});

test("a parameter that is undefined is left to the flow's default", () => {
  expect(sendableParameters({ a: undefined, b: null }, null)).toEqual({ b: null });
});

describe("T4: what has no JSON is refused with a sentence", () => {
  const loop: Record<string, unknown> = {};
  loop["self"] = { loop };
  let deep: unknown = 1;
  for (let level = 0; level < 1_000; level += 1) deep = [deep];
  const refused: [value: unknown, sentence: string][] = [
    [() => 1, "Parameter 'p' cannot be sent: it is a function."],
    [{ a: [() => 1] }, "Parameter 'p.a.0' cannot be sent: it is a function."],
    [Symbol("x"), "it is a symbol"],
    [Number.NaN, "it is NaN, which JSON has no number for"],
    [[Number.POSITIVE_INFINITY], "Parameter 'p.0' cannot be sent: it is Infinity"],
    [loop, "Parameter 'p.self.loop' cannot be sent: it holds itself."],
    [deep, "it is nested deeper than 500 levels"],
    [new Date("x"), "it is an invalid date"],
    [/x/, "it is a RegExp, which has no JSON"],
    [new Error("x"), "it is an Error, which has no JSON"],
    [Promise.resolve(1), "it is a Promise, which has no JSON"],
    [new WeakMap(), "it is a WeakMap, which has no JSON"],
    [new (class Empty {})(), "it is an Empty, which has no JSON"],
    [new Map([["a", new Set([() => 1])]]), "Parameter 'p.a.0' cannot be sent: it is a function."],
    [[1, undefined], "Parameter 'p.1' cannot be sent: it is undefined"],
  ];
  for (const [value, sentence] of refused) {
    test(sentence, () => expect(() => sent(value)).toThrow(sentence));
  }
});

test("for people it is shown all the same, and never as {}", () => {
  expect(shownAsJson(new Map([["a", 1]]))).toEqual({ a: 1 });
  expect(shownAsJson(/x/)).toBe("/x/");
  expect(shownAsJson(undefined)).toBeNull();
  expect(String(shownAsJson(() => 1))).toContain("Function");
});
