// What a form makes of JSON schemas: references and their circles, kinds of value, and which of several a value is.
import { describe, expect, test } from "bun:test";
import { type JsonObject, parseJson } from "#lib/json.ts";
import {
  drawnKind,
  emptyOf,
  fieldsOf,
  resolved,
  type Schema,
  variantFor,
  variantsOf,
} from "#ui/parts/schema/schema.ts";

const root: Schema = {
  definitions: {
    a: { $ref: "#/definitions/b" },
    b: { $ref: "#/definitions/a" },
    "x/y~z": { type: "integer" },
    Base: { type: "object", properties: { id: { type: "integer" } }, required: ["id"] },
    Circle: { type: "object", properties: { kind: { const: "circle" }, size: { type: "number" } }, required: ["kind"] },
    Square: { type: "object", properties: { kind: { const: "square" }, size: { type: "number" } }, required: ["kind"] },
    Twice: { allOf: [{ $ref: "#/definitions/Twice" }, { $ref: "#/definitions/Twice" }] },
  },
};

describe("a schema", () => {
  test("that leads back to itself says nothing", () => {
    expect(resolved({ $ref: "#/definitions/a", title: "mine" }, root)).toEqual({ title: "mine" });
    expect(drawnKind(resolved({ $ref: "#/definitions/Twice" }, root), undefined)).toBe("json");
  });

  test("is found by a name with signs", () => {
    expect(resolved({ $ref: "#/definitions/x~1y~0z" }, root)).toEqual({ type: "integer" });
  });

  test("of several objects has the fields of all", () => {
    const both = { allOf: [{ $ref: "#/definitions/Base" }, { properties: { name: { type: "string" } } }] };
    const fields = fieldsOf(resolved(both, root), root);
    expect(fields.map(({ name, isRequired }) => [name, isRequired])).toEqual([
      ["id", true],
      ["name", false],
    ]);
  });

  test("with a list of types is one of each", () => {
    const either = resolved({ type: ["integer", "null"], title: "size", minimum: 2 }, root);
    expect(drawnKind(either, undefined)).toBe("variants");
    expect(variantsOf(either, root)).toEqual([
      { type: "integer", minimum: 2 },
      { type: "null", minimum: 2 },
    ]);
  });

  test("that holds something else is drawn as JSON", () => {
    expect(drawnKind({ type: "array", items: { type: "string" } }, "a,b")).toBe("json");
    expect(drawnKind({ type: "string" }, { a: 1 })).toBe("json");
    expect(drawnKind({ type: "boolean" }, "yes")).toBe("json");
    expect(drawnKind({ properties: {} }, [1])).toBe("json");
    expect(drawnKind({ type: "string" }, null)).toBe("text");
  });
});

describe("of several kinds a value is", () => {
  const cases: [value: string, variants: Schema[], at: number][] = [
    ["9007199254740993", [{ type: "string" }, { type: "integer" }], 1],
    ["1.0", [{ type: "integer" }, { type: "number" }], 1],
    ["null", [{ type: "string" }, { type: "null" }], 1],
    ['{"kind": "square"}', [{ $ref: "#/definitions/Circle" }, { $ref: "#/definitions/Square" }], 1],
    ['{"id": 1, "more": 2}', [{ $ref: "#/definitions/Square" }, { $ref: "#/definitions/Base" }], 1],
    [
      '["a"]',
      [
        { type: "array", items: { type: "integer" } },
        { type: "array", items: { type: "string" } },
      ],
      1,
    ],
    ["true", [{ type: "string" }, { type: "integer" }], 0],
  ];
  for (const [value, variants, at] of cases) {
    test(`${value}: that of its place ${at}`, () => {
      const of: JsonObject = { anyOf: variants };
      expect(variantFor(parseJson(value) as never, variantsOf(of, root), root)).toBe(at);
    });
  }

  test("a new one begins with the first", () => {
    expect(emptyOf({ anyOf: [{ $ref: "#/definitions/x~1y~0z" }, { type: "string" }] }, root)).toBe(0);
  });
});
