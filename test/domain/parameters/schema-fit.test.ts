import { describe, expect, test } from "bun:test";
import { misfitOfVariables } from "#domain/parameters/schema-fit.ts";

const VARIABLES = {
  type: "object",
  required: ["image", "cpu"],
  properties: {
    image: { type: "string", minLength: 1, maxLength: 20 },
    cpu: { type: "number", minimum: 0.5, exclusiveMaximum: 8, default: 1 },
    replicas: { type: "integer", maximum: 3, exclusiveMinimum: 0 },
    pull: { enum: ["Always", "Never"] },
    kind: { const: "job" },
    env: { type: "object", additionalProperties: { type: "string" } },
    args: { type: "array", items: { type: "string" } },
    ttl: { anyOf: [{ type: "integer" }, { type: "null" }] },
    size: { oneOf: [{ type: "integer" }, { type: "number", minimum: 10 }] },
    limits: { allOf: [{ $ref: "#/definitions/Limits" }] },
    node: { $ref: "#/definitions/Node" },
    never: false,
    loop: { $ref: "#/definitions/Loop" },
  },
  definitions: {
    Limits: { type: "object", required: ["memory"], properties: { memory: { type: "string" } } },
    Node: { type: "object", properties: { next: { $ref: "#/definitions/Node" }, n: { type: "integer" } } },
    Loop: { $ref: "#/definitions/Loop" },
  },
};

const fitting: [title: string, given: object][] = [
  ["only what is required and has no default", { image: "a" }],
  ["a variable that the schema does not name", { image: "a", other: { any: [1] } }],
  ["a number within its limits", { image: "a", cpu: 7.9 }],
  ["an integer", { image: "a", replicas: 3 }],
  ["a permitted word", { image: "a", pull: "Never", kind: "job" }],
  ["an object of texts", { image: "a", env: { A: "1" } }],
  ["a list of texts", { image: "a", args: [] }],
  ["the second of two types", { image: "a", ttl: null }],
  ["exactly one of two shapes", { image: "a", size: 5 }],
  ["a referenced shape", { image: "a", limits: { memory: "1Gi" } }],
  ["a shape that contains itself", { image: "a", node: { n: 1, next: { n: 2, next: {} } } }],
];

const misfits: [title: string, given: unknown, sentence: string][] = [
  ["what is no object", [], "infra_overrides must be of type object, not []"],
  ["a missing variable", {}, "infra_overrides.image is required"],
  ["another type", { image: 5 }, "infra_overrides.image must be of type string, not 5"],
  ["too short a text", { image: "" }, "infra_overrides.image must have 1 characters"],
  ["too long a text", { image: "x".repeat(21) }, "infra_overrides.image must have at most 20 characters"],
  ["a number below its limit", { image: "a", cpu: 0.4 }, "infra_overrides.cpu must be at least 0.5"],
  ["a number at a limit it must stay below", { image: "a", cpu: 8 }, "infra_overrides.cpu must be less than 8"],
  ["a number above its limit", { image: "a", replicas: 4 }, "infra_overrides.replicas must be at most 3"],
  [
    "a number at a limit it must stay above",
    { image: "a", replicas: 0 },
    "infra_overrides.replicas must be more than 0",
  ],
  ["a fraction", { image: "a", replicas: 1.5 }, "infra_overrides.replicas must be of type integer, not 1.5"],
  [
    "another word",
    { image: "a", pull: "Sometimes" },
    'infra_overrides.pull must be one of ["Always","Never"], not "Sometimes"',
  ],
  ["another constant", { image: "a", kind: "pod" }, 'infra_overrides.kind must be one of ["job"], not "pod"'],
  ["a value inside an object", { image: "a", env: { A: 1 } }, "infra_overrides.env.A must be of type string, not 1"],
  ["an item of a list", { image: "a", args: ["a", true] }, "infra_overrides.args[1] must be of type string, not true"],
  ["neither of two types", { image: "a", ttl: "x" }, 'infra_overrides.ttl must be of type integer, not "x"'],
  ["none of two shapes", { image: "a", size: 1.5 }, "infra_overrides.size must be of type integer, not 1.5"],
  ["both of two shapes", { image: "a", size: 12 }, "infra_overrides.size fits more than one of the shapes it may have"],
  ["a referenced shape", { image: "a", limits: {} }, "infra_overrides.limits.memory is required"],
  [
    "a shape deep inside itself",
    { image: "a", node: { next: { next: { n: "x" } } } },
    'infra_overrides.node.next.next.n must be of type integer, not "x"',
  ],
  ["what is never allowed", { image: "a", never: 1 }, "infra_overrides.never is not allowed"],
  ["a schema that only points at itself", { image: "a", loop: 1 }, "infra_overrides.loop is nested too deeply"],
];

describe("variables that fit", () => {
  for (const [title, given] of fitting) {
    test(title, () => expect(misfitOfVariables(VARIABLES, given)).toBeUndefined());
  }

  test("anything, when the pool has no variables", () => {
    expect(misfitOfVariables(undefined, { any: "thing" })).toBeUndefined();
    expect(misfitOfVariables({}, { any: "thing" })).toBeUndefined();
  });
});

describe("variables that do not fit", () => {
  for (const [title, given, sentence] of misfits) {
    test(`${title}: ${sentence}`, () => expect(misfitOfVariables(VARIABLES, given)).toBe(sentence));
  }
});

test("R9: a schema that names itself twice is given up after some checks, not after 2^50", () => {
  const node = { anyOf: [{ $ref: "#/definitions/Node" }, { $ref: "#/definitions/Node" }] };
  const sentence = misfitOfVariables({ ...node, definitions: { Node: node } }, {});
  expect(sentence).toBe("infra_overrides is nested too deeply");
});

test("R9: a long list is checked whole", () => {
  const list = Array.from({ length: 50_000 }, (_, index) => index);
  const schema = { properties: { a: { type: "array", items: { anyOf: [{ type: "string" }, { type: "integer" }] } } } };
  expect(misfitOfVariables(schema, { a: list })).toBeUndefined();
  expect(misfitOfVariables(schema, { a: [...list, null] })).toStartWith("infra_overrides.a[50000] must be");
});

test("R20: inherited names are neither properties, nor types, nor targets", () => {
  const properties = { a: { type: "constructor" }, b: { $ref: "#/constructor/prototype" } };
  expect(misfitOfVariables({ type: "object", properties }, { a: 1, b: 2, toString: 3 })).toBeUndefined();
  const schema = JSON.parse('{"type":"object","properties":{"__proto__":{"type":"string"}}}');
  expect(misfitOfVariables(schema, JSON.parse('{"__proto__":1}'))).toBe(
    "infra_overrides.__proto__ must be of type string, not 1",
  );
});
