// Signatures and the schemas that are read from them: the shape of the old engine's, for TypeScript's types.
import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { JsonObject } from "#lib/json.ts";
import { readSignature } from "#project/typescript/signature.ts";
import { signaturesIn } from "../signatures.ts";

const folder = mkdtempSync(join(tmpdir(), "orch-signature-"));
const { signatureOf, differences } = await signaturesIn(folder);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

writeFileSync(
  join(folder, "types.ts"),
  `export type Color = "red" | "green";
export interface Address { street: string; zip?: string }
export default interface Root { id: number }
`,
);

writeFileSync(
  join(folder, "other-flows.ts"),
  `import { flow } from "orch";
export const other = flow(async (p: string) => p);
export function plain(p: string) {}
`,
);
writeFileSync(
  join(folder, "deep.ts"),
  `interface Options { fromDeep: number }
export interface Grand { grand: string }
export interface Base extends Grand { options: Options }
`,
);
writeFileSync(join(folder, "circle-a.ts"), 'export * from "./circle-b.ts";\n');
writeFileSync(join(folder, "circle-b.ts"), 'export * from "./circle-a.ts";\n');

/** The keywords of the single parameter `p`, without its title and position. */
function keywordsOf(parameter: string, declarations = ""): JsonObject {
  const { schema } = signatureOf(`${declarations}\nexport const f = flow(async function f(${parameter}) {});`);
  const { title, position, ...keywords } = (schema["properties"] as { p: JsonObject }).p;
  expect([title, position]).toEqual(["p", 0]);
  return keywords;
}

const STRING = { type: "string" };
const NULL = { type: "null" };
const OBJECTS = { anyOf: [{ type: "object" }, { type: "array", items: {} }] };
const NUMBERS = { type: "array", items: { type: "number" } };

function objectOf(fields: Record<string, string | JsonObject>): JsonObject {
  const entries = Object.entries(fields).map(([name, type]) => [
    name,
    typeof type === "string" ? { title: name.toUpperCase(), type } : type,
  ]);
  return { type: "object", properties: Object.fromEntries(entries), required: Object.keys(fields) };
}

const TYPES: [parameter: string, keywords: JsonObject][] = [
  ["p", {}],
  ["p: any", {}],
  ["p: unknown", {}],
  ["p: SomethingElse", {}],
  ["p: (x: string) => void", {}],
  ["p: string", { type: "string" }],
  ["p: number", { type: "number" }],
  ["p: bigint", { type: "integer", format: "bigint" }],
  ["p: boolean", { type: "boolean" }],
  ["p: object", OBJECTS],
  ["p: Date", { type: "string", format: "date-time" }],
  ["p: URL", { type: "string", format: "uri" }],
  ["p: Uint8Array", { type: "string", format: "byte" }],
  ["p: Map<string, number>", { type: "object", format: "map", additionalProperties: { type: "number" } }],
  ["p: ReadonlyMap<'a' | 'b', unknown>", { type: "object", format: "map", propertyNames: { enum: ["a", "b"] } }],
  [
    "p: Map<number, Date>",
    {
      type: "array",
      format: "map",
      items: {
        type: "array",
        minItems: 2,
        maxItems: 2,
        items: [{ type: "number" }, { type: "string", format: "date-time" }],
      },
    },
  ],
  ["p: {}", {}],
  ["p: { [key: string]: unknown; a: 1 }", objectOf({ a: { title: "A", enum: [1], type: "integer" } })],
  [
    "p: { [key: string]: number; a: number }",
    { ...objectOf({ a: "number" }), additionalProperties: { type: "number" } },
  ],
  ["p: string[]", { type: "array", items: { type: "string" } }],
  ["p: readonly number[]", { type: "array", items: { type: "number" } }],
  ["p: Array<boolean>", { type: "array", items: { type: "boolean" } }],
  ["p: any[]", { type: "array", items: {} }],
  ["p: Set<string>", { type: "array", items: { type: "string" }, uniqueItems: true }],
  ["p: [string, number]", { type: "array", minItems: 2, maxItems: 2, items: [{ type: "string" }, { type: "number" }] }],
  ["p: [x: string]", { type: "array", minItems: 1, maxItems: 1, items: [{ type: "string" }] }],
  ["p: Record<string, number>", { type: "object", additionalProperties: { type: "number" } }],
  ["p: Record<string, unknown>", { type: "object" }],
  ["p: { [key: string]: string }", { type: "object", additionalProperties: { type: "string" } }],
  ["p: 'a' | 'b'", { enum: ["a", "b"], type: "string" }],
  ["p: 1 | 2", { enum: [1, 2], type: "integer" }],
  ["p: 1 | 1.5", { enum: [1, 1.5], type: "number" }],
  ["p: 'a' | 1", { enum: ["a", 1] }],
  ["p: 'only'", { enum: ["only"], type: "string" }],
  ["p: string | number", { anyOf: [{ type: "string" }, { type: "number" }] }],
  ["p: string | null", { anyOf: [STRING, NULL] }],
  ["p?: string | null", { anyOf: [STRING, NULL] }],
  ["p: (string | null)[]", { type: "array", items: { anyOf: [STRING, NULL] } }],
  ["p: string | undefined", { type: "string" }],
  ["p: string | any", {}],
  ["p: 'a' | null", { anyOf: [{ enum: ["a"], type: "string" }, NULL] }],
  ["p: true | false", { type: "boolean" }],
  ["p: 'a' | string", STRING],
  [
    "p: { loud?: boolean; maxItems: number }",
    {
      type: "object",
      properties: { loud: { title: "Loud", type: "boolean" }, maxItems: { title: "Max Items", type: "number" } },
      required: ["maxItems"],
    },
  ],
  ["p = 'Marvin'", { default: "Marvin", type: "string" }],
  ["p = 42", { default: 42, type: "number" }],
  ["p = -1.5", { default: -1.5, type: "number" }],
  ["p = true", { default: true, type: "boolean" }],
  ["p = [1, 2]", { default: [1, 2], ...NUMBERS }],
  ["p = []", { default: [], type: "array", items: {} }],
  ["p = { a: 1 }", { default: { a: 1 }, ...objectOf({ a: "number" }) }],
  [
    "p = { 'b c': [null] }",
    { default: { "b c": [null] }, ...objectOf({ "b c": { title: "B C", type: "array", items: NULL } }) },
  ],
  ["p = `plain`", { default: "plain", type: "string" }],
  // A default that would have to be run is none, but the parameter may be left out.
  ["p = new Date()", { type: "string", format: "date-time" }],
  ["p: string = compute()", { type: "string" }],
  ["p: string | null = null", { type: "string" }],
  ["p: string = 'x' as const", { default: "x", type: "string" }],
];

const DECLARED: [declarations: string, parameter: string, keywords: JsonObject][] = [
  ["type A = { a: string };", "p: A & { b: number }", objectOf({ a: "string", b: "number" })],
  ["", "p: string & { readonly brand: unique symbol }", { type: "string" }],
  ["", "p: Unknown & { a: string }", {}],
  ["interface A { a: string; b: number }", "p: keyof A", { enum: ["a", "b"], type: "string" }],
  ["interface A { a: string }", 'p: A["a"]', { type: "string" }],
  ["interface A { a: string; b: number }", 'p: Pick<A, Exclude<keyof A, "a">>', objectOf({ b: "number" })],
  ["interface A { a: string }", "p: Omit<A, Unknown>", {}],
  ["", 'p: Extract<"a" | "b", "a">', { enum: ["a"], type: "string" }],
  ["interface A { a: string; b: number }", "p: Pick<A, keyof A>", objectOf({ a: "string", b: "number" })],
  ['const KINDS = ["a", "b"] as const;', "p: (typeof KINDS)[number]", { enum: ["a", "b"], type: "string" }],
  [
    'const Color = { Red: "r", Blue: "b" } as const; type Color = (typeof Color)[keyof typeof Color];',
    "p: Color",
    { enum: ["r", "b"], type: "string" },
  ],
  ['const Color = { Red: "r" } as const;', "p: keyof typeof Color", { enum: ["Red"], type: "string" }],
  ['type A = "a"; type B = "b";', "p: A | B | null", { anyOf: [{ enum: ["a", "b"], type: "string" }, NULL] }],
  [
    "type Json = string | Json[] | { [key: string]: Json };",
    "p: Json[]",
    { type: "array", items: { $ref: "#/definitions/Json" } },
  ],
  ["type Loop = Loop;", "p: Loop", {}],
  ["type T = string;", "p: NonNullable<T | null>", { type: "string" }],
  ["", "p: `id-\u0024{string}.x`", { type: "string", pattern: "^id-[\\s\\S]*\\.x$" }],
  ["", "p: [string, number?]", { type: "array", minItems: 1, maxItems: 2, items: [STRING, { type: "number" }] }],
  [
    "",
    "p: [string, ...number[]]",
    { type: "array", minItems: 1, items: [STRING], additionalItems: { type: "number" } },
  ],
  ["interface Date { own: string }", "p: Date[]", { type: "array", items: { $ref: "#/definitions/Date" } }],
  ["enum C { R = 'r', G = 'g' }", "p: C.G", { enum: ["g"], type: "string" }],
  ["import * as T from './types.ts';", "p: T.Color", { enum: ["red", "green"], type: "string" }],
  ["import { Nothing } from './circle-a.ts';", "p: Nothing", {}],
  ["const N = 5;", "p = N", { default: 5, type: "number" }],
  ["const N = 5;", "p = { n: [N] }", { default: { n: [5] }, ...objectOf({ n: { title: "N", ...NUMBERS } }) }],
  ["let n = 5;", "p = n", { type: "number" }],
  ["const A = B; const B = A;", "p = A", {}],
  ["enum C { R = 'r', G = 'g' }", "p = C.R", { default: "r", allOf: [{ $ref: "#/definitions/C" }] }],
  ["const D = { a: 1 };", "p: object = D", { default: { a: 1 }, ...OBJECTS }],
  // Changed after all.
  ["const D = { a: 1 }; D.a = 2;", "p: object = D", OBJECTS],
  ["const D = { a: 1 } as const;", "p: number = D.b", { type: "number" }],
];

describe("what a type says where names stand for something", () => {
  for (const [declarations, parameter, keywords] of DECLARED) {
    test(`${declarations} ${parameter}`, () => expect(keywordsOf(parameter, declarations)).toEqual(keywords));
  }
});

describe("a type becomes keywords", () => {
  for (const [parameter, keywords] of TYPES) {
    test(`${parameter} is ${JSON.stringify(keywords)}`, () => expect(keywordsOf(parameter)).toEqual(keywords));
  }
});

describe("a named type becomes a definition", () => {
  const reference = (name: string) => ({ allOf: [{ $ref: `#/definitions/${name}` }] });
  const definitionsOf = (declarations: string, parameter: string) => {
    const { schema } = signatureOf(`${declarations}\nexport const f = flow(async (${parameter}) => {});`);
    return { p: (schema["properties"] as { p: JsonObject }).p, definitions: schema["definitions"] };
  };

  test("an interface, with its inherited fields and their comments", () => {
    const source = "interface A { /** how loud */ loud: boolean }\n/** Both. */ interface B extends A { n?: number }";
    expect(definitionsOf(source, "p: B")).toEqual({
      p: { title: "p", position: 0, ...reference("B") },
      definitions: {
        B: {
          title: "B",
          description: "Both.",
          type: "object",
          properties: {
            loud: { title: "Loud", description: "how loud", type: "boolean" },
            n: { title: "N", type: "number" },
          },
          required: ["loud"],
        },
      },
    });
  });

  test("an interface, with what it inherits from further up and from other files", () => {
    const source = 'import type { Base } from "./deep.ts"; interface Options { own: string }\n';
    const { definitions } = definitionsOf(`${source}interface C extends Omit<Base, "none"> { c: Options }`, "p: C");
    expect(definitions).toMatchObject({ C: { required: ["options", "grand", "c"] } });
  });

  test("two types of one name stay two", () => {
    const source = 'import type { Base } from "./deep.ts"; interface Options { own: string }\n';
    const { definitions } = definitionsOf(`${source}interface C extends Base { c: Options }`, "p: C");
    expect(definitions).toMatchObject({
      C: { properties: { options: { $ref: "#/definitions/Options" }, c: { $ref: "#/definitions/Options2" } } },
      Options: { title: "Options", required: ["fromDeep"] },
      Options2: { title: "Options", required: ["own"] },
    });
  });

  test("but not one that is only made use of", () => {
    expect(definitionsOf("interface A { x: string; y?: number }", 'p: Pick<A, "x">').definitions).toBeUndefined();
  });

  test("an enum, numbered as TypeScript numbers it", () => {
    expect(definitionsOf("enum Level { Low, High = 5, Higher }", "p: Level").definitions).toEqual({
      Level: { title: "Level", description: "An enumeration.", enum: [0, 5, 6], type: "integer" },
    });
    expect(definitionsOf('enum Word { A = "a" }', "p: Word").definitions).toMatchObject({
      Word: { enum: ["a"], type: "string" },
    });
  });

  test("a type that mentions itself", () => {
    expect(definitionsOf("interface Tree { children: Tree[] }", "p: Tree").definitions).toMatchObject({
      Tree: { properties: { children: { items: { $ref: "#/definitions/Tree" } } } },
    });
  });

  test("an alias of something else is what it stands for", () => {
    expect(keywordsOf("p: Name", "type Name = string;")).toEqual({ type: "string" });
  });

  test("types of other files are followed by their relative imports", () => {
    const imports = 'import type Root from "./types.ts"; import type { Color, Address as Home } from "./types.js";';
    expect(keywordsOf("p: Color", imports)).toEqual({ enum: ["red", "green"], type: "string" });
    expect(definitionsOf(imports, "p: Home").definitions).toMatchObject({ Address: { required: ["street"] } });
    expect(definitionsOf(imports, "p: Root").definitions).toMatchObject({ Root: { required: ["id"] } });
  });

  const MAPPED: [type: string, names: string[], required: string[] | undefined][] = [
    ["Partial<A>", ["x", "y"], undefined],
    ["Required<A>", ["x", "y"], ["x", "y"]],
    ["Readonly<A>", ["x", "y"], ["x"]],
    ["Pick<A, 'y'>", ["y"], undefined],
    ["Omit<A, 'y'>", ["x"], ["x"]],
  ];
  for (const [type, names, required] of MAPPED) {
    test(`${type} has ${names.join(" and ")}`, () => {
      const keywords = keywordsOf(`p: ${type}`, "interface A { x: string; y?: number }");
      expect(Object.keys(keywords["properties"] as JsonObject)).toEqual(names);
      expect(keywords["required"]).toEqual(required as never);
    });
  }
});

describe("which parameters there are, and which must be given", () => {
  const shape = (params: string) => {
    const { schema } = signatureOf(`export const f = flow(async (${params}) => {});`);
    return [Object.keys(schema["properties"] as JsonObject), schema["required"] ?? []];
  };
  const SHAPES: [params: string, names: string[], required: string[]][] = [
    ["", [], []],
    ["a, b", ["a", "b"], ["a", "b"]],
    ["a: string, b?: string, c = 1", ["a", "b", "c"], ["a"]],
    ["a: string, ...rest: number[]", ["a", "rest"], ["a"]],
    // Left out, it is what it may be.
    ["a: string | undefined, b: void, c: { d: string | undefined }", ["a", "b", "c"], ["c"]],
    ["{ a, b = 1 }: { a: string; b?: number }", ["a", "b"], ["a"]],
    ["{ a, ...kwargs }: { a: string }", ["a", "kwargs"], ["a"]],
    ["{ a }: { a?: string } = {}", ["a"], []],
    // Only a pattern that stands alone gives its properties as parameters.
    ["{ a }: { a: string }, b: number", ["arg0", "b"], ["arg0", "b"]],
    ["b: number, [x]: string[], { y }: { y: string }", ["b", "arg1", "arg2"], ["b", "arg1", "arg2"]],
  ];
  for (const [params, names, required] of SHAPES) {
    test(`(${params}) has ${JSON.stringify(names)}, needs ${JSON.stringify(required)}`, () =>
      expect(shape(params)).toEqual([names, required]));
  }

  test("the properties of a pattern have the types of what it is declared as", () => {
    const source = `interface Base { /** how many */ n?: number }
interface Options extends Base { color: Color }
enum Color { Red = "r" }
/** Runs. @internal
 * @param options.color the paint */
export const f = flow(async ({ color, n }: Options) => {});`;
    expect(signatureOf(source).schema).toEqual({
      title: "Parameters",
      type: "object",
      properties: {
        color: { title: "color", description: "the paint", position: 0, allOf: [{ $ref: "#/definitions/Color" }] },
        n: { title: "n", description: "how many", position: 1, type: "number" },
      },
      required: ["color"],
      definitions: { Color: { title: "Color", description: "An enumeration.", enum: ["r"], type: "string" } },
    });
  });

  test("the rest of a destructured object is an object of its own", () => {
    const { schema } = signatureOf("export const f = flow(async ({ a, ...kwargs }: { a: string }) => {});");
    expect(schema["properties"]).toMatchObject({ kwargs: { title: "kwargs", position: 1, type: "object" } });
  });
});

describe("the flow is found however it is written", () => {
  const FORMS: [form: string, source: string, exportName: string][] = [
    ["a function in the call", "export const f = flow(async function x(p: string) {});", "f"],
    ["an arrow in the call", "export const f = flow((p: string) => p, { retries: 1 });", "f"],
    ["a function by its name", "async function x(p: string) {}\nexport const f = flow(x);", "f"],
    ["an arrow by its name", "const x = async (p: string) => {};\nexport const f = flow(x);", "f"],
    ["a default export", "export default flow(async (p: string) => {});", "default"],
    ["a default export by name", "const f = flow(async (p: string) => {});\nexport default f;", "default"],
    ["another export of it", "const g = flow(async (p: string) => {});\nexport const f = g;", "f"],
    ["with changed options", "export const f = flow(async (p: string) => {}).withOptions({ retries: 1 });", "f"],
    ["with a type said over it", "export const f = flow(((p: string) => p) as Fn) satisfies unknown;", "f"],
    ["with types of its own", "export const f = flow<Fn>(async (p: string) => {})!;", "f"],
    ["an export of another file", 'export { other as f } from "./other-flows.ts";', "f"],
    ["all exports of another file", 'export * from "./none.ts";\nexport * from "./other-flows.ts";', "other"],
    ["an import that is exported", 'import { other } from "./other-flows.ts";\nexport { other as f };', "f"],
    ["a function of another file", 'import { plain } from "./other-flows.ts";\nexport const f = flow(plain);', "f"],
    ["CommonJS", "exports.f = flow(async (p = 'x') => {});", "f"],
    ["CommonJS by its long name", "module.exports.f = flow(async (p = 'x') => {});", "f"],
    ["CommonJS in one object", "const g = flow(async (p = 'x') => {});\nmodule.exports = { f: g };", "f"],
    ["a member of a module", "import * as orch from 'orch';\nexport const f = orch.flow((p: string) => p);", "f"],
    ["a renamed export", "const f = flow(async (p: string) => {});\nexport { f as g };", "g"],
  ];
  for (const [form, source, exportName] of FORMS) {
    test(form, () => {
      expect(signatureOf(source, exportName).schema["properties"]).toMatchObject({ p: { type: "string" } });
    });
  }

  test("a function that says what its `this` is has no parameter of that name", () => {
    const { schema } = signatureOf("export const f = flow(function f(this: void, p: string) {});");
    expect(schema).toMatchObject({ properties: { p: { position: 0 } }, required: ["p"] });
  });

  test("what is no call of flow() has no known parameters, which is not the same as none", () => {
    expect(signatureOf("export const f = 42;").schema).toEqual({ title: "Parameters", type: "object" });
    expect(signatureOf("export const f = flow(wrapped(async (p) => p));").schema).not.toHaveProperty("properties");
    expect(signatureOf("export const f = flow(() => 1);").schema).toHaveProperty("properties", {});
  });
});

describe("descriptions", () => {
  const doc = "/**\n * Says hello.\n * Loudly.\n *\n * @param p - who is\n *   greeted\n * @returns nothing\n */\n";

  test("the comment before the export describes the flow and its parameters", () => {
    const { description, schema } = signatureOf(`${doc}export const f = flow(async (p: string) => {});`);
    expect(description).toBe("Says hello.\nLoudly.");
    expect(schema["properties"]).toMatchObject({ p: { description: "who is\ngreeted" } });
  });

  test("the comment before a function that is named counts too, the option wins", () => {
    const named = `${doc}async function x(p: string) {}\nexport const f = flow(x`;
    expect(signatureOf(`${named});`).description).toBe("Says hello.\nLoudly.");
    expect(signatureOf(`${named}, { description: "from the option" });`).description).toBe("from the option");
  });

  test("without a comment there is none", () => {
    expect(signatureOf("// no doc\nexport const f = flow(async () => {});").description).toBeNull();
  });
});

describe("versions and tags", () => {
  const cases: [what: string, comment: string, seen: { version: string | null; tags: string[] }][] = [
    ["a version", "@version 1.2 beta", { version: "1.2 beta", tags: [] }],
    ["tags one by one", "@tag etl\n * @tag nightly run", { version: null, tags: ["etl", "nightly run"] }],
    ["tags in one line", "@tags etl, nightly,, x", { version: null, tags: ["etl", "nightly", "x"] }],
    ["none", "Says hello.\n * @param p who", { version: null, tags: [] }],
  ];
  for (const [what, comment, seen] of cases) {
    test(`${what} in the comment`, () => {
      expect(signatureOf(`/**\n * ${comment}\n */\nexport const f = flow(async (p: string) => {});`)).toMatchObject(
        seen,
      );
    });
  }
  test("the comment of a named function counts too", () => {
    const named = "/** @version 3\n * @tag x */\nasync function g() {}\nexport const f = flow(g);";
    expect(signatureOf(named)).toMatchObject({ version: "3", tags: ["x"] });
  });
});

test("keywords stand in the order of the old engine: title, description, default, position, type", () => {
  const { schema } = signatureOf("/** @param p it */\nexport const f = flow(async (p: string = 'x') => {});");
  const properties = schema["properties"] as { p: JsonObject };
  expect(Object.keys(properties.p)).toEqual(["title", "description", "default", "position", "type"]);
  expect(Object.keys(schema)).toEqual(["title", "type", "properties"]);
});

test("a file that cannot be parsed, and one that is not there, are named with the place", () => {
  expect(() => signatureOf("export const f = flow((a: string => 1);")).toThrow(/flow-\d+\.ts:2:\d+: Unexpected token/);
  expect(() => readSignature(join(folder, "none.ts"), "f")).toThrow(/none\.ts' cannot be read: ENOENT/);
});

test("a broken file that types are imported from is named", () => {
  writeFileSync(join(folder, "broken.ts"), "export interface {");
  const source = 'import type { X } from "./broken.ts";\nexport const f = flow((p: X) => p);';
  expect(() => signatureOf(source)).toThrow(/broken\.ts:1:\d+: /);
});

test("the description that is said last wins: changed options, options, comment", () => {
  const flow = '/** comment */\nexport const f = flow(() => 1, { description: "first" })';
  expect(signatureOf(`${flow}.withOptions({ description: "second" });`).description).toBe("second");
  expect(signatureOf(`${flow}.withOptions({ retries: 1 });`).description).toBe("first");
  expect(signatureOf("/** comment */\nexport const f = flow(() => 1).withOptions({});").description).toBe("comment");
});

test("the checker reads alike all that the syntax tells", () => {
  expect(differences()).toEqual([]);
});

test("R20: parameters and fields may have the names that objects inherit", () => {
  const names = ["constructor", "__proto__", "toString"];
  const fields = names.map((name) => `"${name}": string`).join("; ");
  const { properties } = keywordsOf("p: { FIELDS }".replace("FIELDS", fields)) as { properties?: JsonObject };
  expect(Object.keys(properties ?? {})).toEqual(names);
});
