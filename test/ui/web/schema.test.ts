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

  test("is found by the root, and by a name that is written as in an address", () => {
    const own = { properties: { next: { $ref: "#" } }, definitions: { "List[int]": { type: "array" }, "50%": {} } };
    expect(resolved({ $ref: "#" }, own)).toEqual(own);
    expect(resolved({ $ref: "#/definitions/List%5Bint%5D" }, own)).toEqual({ type: "array" });
    expect(resolved({ $ref: "#/definitions/50%" }, own)).toEqual({});
  });

  test("that adds fields to another has the fields of both, and needs those that either needs", () => {
    const more = { properties: { name: { type: "string" } }, required: ["name"] };
    const base = { $ref: "#/definitions/Base" };
    for (const schema of [
      { ...base, ...more },
      { allOf: [base], ...more },
      { ...base, allOf: [more] },
      { anyOf: [base], ...more },
      { oneOf: [base], ...more },
    ]) {
      const fields = fieldsOf(resolved(schema, root), root);
      expect(fields.map(({ name, isRequired }) => [name, isRequired])).toEqual([
        ["id", true],
        ["name", true],
      ]);
    }
  });

  test("that is nullable is one of two, also of an object, and its null is null", () => {
    for (const type of ["string", "object"]) {
      const either = resolved({ type, nullable: true, properties: { a: {} } }, root);
      const [some, none] = variantsOf(resolved(either, root), root);
      expect([some?.["type"], none?.["type"]]).toEqual([type, "null"]);
      expect(emptyOf(none ?? {}, root)).toBe(null);
    }
    const union = { oneOf: [{ type: "string" }, { type: "integer" }], nullable: true };
    expect(variantsOf(resolved(union, root), root).map(({ type }) => type)).toEqual(["string", "integer", "null"]);
    expect(resolved({ enum: ["a"], nullable: true }, root)["enum"]).toEqual(["a", null]);
  });

  test("of a union that holds itself is one of the others", () => {
    const own = {
      definitions: {
        One: { anyOf: [{ $ref: "#/definitions/One" }, { $ref: "#/definitions/Two" }, { type: "string" }] },
        Two: { oneOf: [{ $ref: "#/definitions/One" }, { type: "integer" }] },
      },
    };
    const one = resolved({ $ref: "#/definitions/One" }, own);
    expect(variantsOf(one, own)).toEqual([{ type: "string" }]);
    expect(emptyOf(one, own)).toBe("");
  });

  test("of a list with a kind for each place is JSON, and of anything too", () => {
    const first = [{ type: "integer" }];
    expect(drawnKind({ type: "array", items: first }, [1])).toBe("json");
    expect(drawnKind({ type: "array", prefixItems: first, items: { type: "string" } }, [1])).toBe("json");
    const [field] = fieldsOf({ properties: { any: true } }, root);
    expect([field?.name, drawnKind(field?.schema ?? {}, 1)]).toEqual(["any", "json"]);
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
