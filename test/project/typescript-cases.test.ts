// Signatures that the syntax alone does not tell: what the TypeScript checker knows of them, the schema says.
import { afterAll, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import type { UserFunction } from "#domain/parameters/parameter-names.ts";
import { bindParameters } from "#domain/parameters/parameters.ts";
import type { Json, JsonObject } from "#lib/json.ts";
import { signaturesIn } from "./signatures.ts";

const folder = mkdtempSync(join(tmpdir(), "orch-typescript-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const { signatureOf, checkedSignatureOf } = await signaturesIn(folder);

function write(path: string, content: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), content);
}

/** A package, and a workspace beside it. */
write("node_modules/settings/package.json", '{ "name": "settings", "types": "index.d.ts" }');
write("node_modules/settings/index.d.ts", "export interface Options { retries: number; mode: 'fast' | 'slow' }\n");
write("packages/lib/package.json", '{ "name": "@acme/lib", "exports": "./index.ts" }');
write("packages/lib/index.ts", "export type Level = 1 | 2;\nexport interface Job { level: Level }\n");
write("tsconfig.json", '{ "compilerOptions": { "paths": { "@acme/lib": ["./packages/lib/index.ts"] } } }');

symlinkSync(resolve("node_modules/zod"), join(folder, "node_modules/zod"));

/** Of the parameters, without what their place in the list says. */
function propertiesOf(source: string, ending = "ts"): Record<string, JsonObject> {
  const { schema } = signatureOf(source, "f", ending);
  const entries = Object.entries(schema["properties"] as Record<string, JsonObject>);
  return Object.fromEntries(entries.map(([name, { title: _, position: __, ...keywords }]) => [name, keywords]));
}

const STRING = { type: "string" };
const NUMBER = { type: "number" };

describe("T1: enums", () => {
  const ofEnum = (members: string, parameter: string) => {
    const { schema } = signatureOf(`enum Perm { ${members} }\nexport const f = flow((p: ${parameter}) => p);`);
    const { default: usual } = (schema["properties"] as { p: JsonObject }).p;
    return [(schema["definitions"] as { Perm: JsonObject }).Perm["enum"], usual];
  };
  const ENUMS: [members: string, parameter: string, values: Json | undefined, usual: Json | undefined][] = [
    [
      "None = 0, Read = 1 << 0, Write = 1 << 1, Exec = 1 << 2, All = Read | Write | Exec",
      "Perm = Perm.Exec",
      [0, 1, 2, 4, 7],
      4,
    ],
    ['A = "a", B = A + "b", C = A + "c"', "Perm = Perm.C", ["a", "ab", "ac"], "ac"],
    ["A = -1, B, C = 'x'.length, D = 2 ** 3", "Perm", undefined, undefined],
    ["A = 1 } enum Perm { B = 2", "Perm", [1, 2], undefined],
  ];
  for (const [members, parameter, values, usual] of ENUMS) {
    test(`T1: enum Perm { ${members} }`, () => expect(ofEnum(members, parameter)).toEqual([values, usual]));
  }
});

test("T8: a list that is only read is a list", () => {
  const found = propertiesOf("export const f = flow((a: Readonly<string[]>, b: Readonly<[number, string]>) => a);");
  expect(found).toEqual({
    a: { type: "array", items: STRING },
    b: { type: "array", minItems: 2, maxItems: 2, items: [NUMBER, STRING] },
  });
});

describe("T9: a pattern with a default for the whole", () => {
  const WHOLE: [text: string, defaults: Record<string, Json | undefined>, required: string[]][] = [
    ['({ name, retries = 3 }: { name: string; retries?: number } = { name: "def" })', { name: "def", retries: 3 }, []],
    ["({ a, b }: { a: number; b: number } = { a: 1, b: Date.now() })", { a: 1, b: undefined }, []],
    ["({ a = 5 }: { a?: number } = {})", { a: 5 }, []],
    ["({ a = 5 }: { a?: number } = { a: 6 })", { a: 6 }, []],
    ["({ a }: { a: number } = make())", { a: undefined }, []],
    ["({ a, b }: { a: number; b: number } = { a: 1, ...rest })", { a: undefined, b: undefined }, []],
    ["({ a, b }: { a: number; b: number } = { ...rest, a: 1 })", { a: 1, b: undefined }, []],
    ["({ a, b: { c } = { c: 2 } }: { a: number; b?: { c: number } })", { a: undefined, b: { c: 2 } }, ["a"]],
    ["({ a, b } = { a: 1, b: 'x' })", { a: 1, b: "x" }, []],
    [
      "({ at = new Date(), env = process.env['X'] }: { at?: Date; env?: string })",
      { at: undefined, env: undefined },
      [],
    ],
  ];
  for (const [text, defaults, required] of WHOLE) {
    test(`T9: ${text}`, () => {
      const { schema } = signatureOf(
        `declare const rest: any; declare function make(): any;\nexport const f = flow(${text} => 0);`,
      );
      const properties = Object.entries(schema["properties"] as Record<string, JsonObject>);
      expect(Object.fromEntries(properties.map(([name, keywords]) => [name, keywords["default"]]))).toEqual(defaults);
      expect(schema["required"] ?? []).toEqual(required);
    });
  }

  test("T9: counts where nothing is given, and fills in what is not", () => {
    const { schema } = signatureOf(
      "export const f = flow(({ a, b }: { a: number; b: number } = { a: 1, b: 2 }) => 0);",
    );
    const fn: UserFunction = ({ a, b }: { a: number; b: number } = { a: 1, b: 2 }) => [a, b];
    const call = (given: JsonObject) => (fn as (...args: unknown[]) => unknown)(...bindParameters(fn, schema, given)); // as the engine calls it
    expect([call({}), call({ b: 5 }), call({ a: 3, b: 4 })]).toEqual([
      [1, 2],
      [1, 5],
      [3, 4],
    ]);
  });
});

describe("T10: what only the checker knows", () => {
  const PERSON = { type: "object", properties: { name: { title: "Name", ...STRING } }, required: ["name"] };
  const DECLARED = `import type { Options } from "settings";
import type { Job } from "@acme/lib";
interface Person { name: string }
type Page<T> = { items: T[]; next?: string };
type Mode = "dev" | "prod";
type User = { roles: ("admin" | "guest")[] };
const LIMITS = { low: 1, high: 2 } as const;
type Brand<T> = T & { readonly __brand: "B" };
declare function load(): { id: number };
`;
  const TYPES: [type: string, keywords: JsonObject][] = [
    ["Page<Person>", { allOf: [{ $ref: "#/definitions/Page" }] }],
    ["Options", { allOf: [{ $ref: "#/definitions/Options" }] }],
    ["Job", { allOf: [{ $ref: "#/definitions/Job" }] }],
    ["ReturnType<typeof load>", { type: "object", properties: { id: { title: "Id", ...NUMBER } }, required: ["id"] }],
    [
      "{ [K in Mode]: number }",
      {
        type: "object",
        properties: { dev: { title: "Dev", ...NUMBER }, prod: { title: "Prod", ...NUMBER } },
        required: ["dev", "prod"],
      },
    ],
    [
      'Record<"a" | "b", string>',
      {
        type: "object",
        properties: { a: { title: "A", ...STRING }, b: { title: "B", ...STRING } },
        required: ["a", "b"],
      },
    ],
    ['Partial<Record<"a", string>>', { type: "object", properties: { a: { title: "A", ...STRING } } }],
    ['User["roles"][number]', { enum: ["admin", "guest"], ...STRING }],
    [
      "typeof LIMITS",
      {
        type: "object",
        properties: {
          low: { title: "Low", enum: [1], type: "integer" },
          high: { title: "High", enum: [2], type: "integer" },
        },
        required: ["low", "high"],
      },
    ],
    ["Brand<string>", STRING],
    ["Brand<number>[]", { type: "array", items: NUMBER }],
    ["Promise<string>", STRING],
    ["Awaited<Promise<Person>>", { allOf: [{ $ref: "#/definitions/Person" }] }],
    ["Pick<Person, 'name'>", PERSON],
    ["(string | null)[]", { type: "array", items: { anyOf: [STRING, { type: "null" }] } }],
    [
      "URL | Readonly<string[]>",
      {
        anyOf: [
          { ...STRING, format: "uri" },
          { type: "array", items: STRING },
        ],
      },
    ],
    ["Uppercase<'a' | 'b'>", { enum: ["A", "B"], ...STRING }],
    [
      "Parameters<(a: number, b?: string) => void>",
      { type: "array", minItems: 1, maxItems: 2, items: [NUMBER, STRING] },
    ],
    ["NodeJS.Signals | 'none'", { type: "string" }],
    ["AbortSignal", {}],
    ["{ length: number }", {}],
    ["RegExp | (() => void)", {}],
    ["Float64Array", {}],
    ["Buffer", { ...STRING, format: "buffer" }],
    ["ArrayBuffer", { ...STRING, format: "array-buffer" }],
  ];
  for (const [type, keywords] of TYPES) {
    test(`T10: ${type}`, () => {
      expect(propertiesOf(`${DECLARED}export const f = flow((p: ${type}) => p);`)).toMatchObject({ p: keywords });
    });
  }

  test("T10: the words of a field go where it goes", () => {
    const source = "interface A {\n/** how loud */\nloud: boolean }\nexport const f = flow((p: Partial<A>) => p);";
    expect(propertiesOf(source)).toMatchObject({ p: { properties: { loud: { description: "how loud" } } } });
  });

  test("T10: the definitions of generic types, packages and workspaces", () => {
    const source = `${DECLARED}export const f = flow((a: Page<Person>, b: Page<number>, c: Options, d: Job) => a);`;
    const { definitions } = signatureOf(source).schema;
    expect(definitions).toEqual({
      Page: {
        title: "Page<Person>",
        type: "object",
        properties: {
          items: { title: "Items", type: "array", items: { $ref: "#/definitions/Person" } },
          next: { title: "Next", ...STRING },
        },
        required: ["items"],
      },
      Person: { title: "Person", ...PERSON },
      Page2: {
        title: "Page<number>",
        type: "object",
        properties: { items: { title: "Items", type: "array", items: NUMBER }, next: { title: "Next", ...STRING } },
        required: ["items"],
      },
      Options: {
        title: "Options",
        type: "object",
        properties: {
          retries: { title: "Retries", ...NUMBER },
          mode: { title: "Mode", enum: ["fast", "slow"], ...STRING },
        },
        required: ["retries", "mode"],
      },
      Job: {
        title: "Job",
        type: "object",
        properties: { level: { title: "Level", enum: [1, 2], type: "integer" } },
        required: ["level"],
      },
    });
  });

  const FLOWS: [what: string, source: string, properties: Record<string, JsonObject>][] = [
    [
      "a type for the call",
      "export const f = flow<(a: string, b?: number) => void>((a, b) => {});",
      { a: STRING, b: NUMBER },
    ],
    ["a type for the function", "const g: (a: string) => void = (a) => {};\nexport const f = flow(g);", { a: STRING }],
    [
      "a function that is wrapped",
      "declare function traced<F>(fn: F): F;\nexport const f = flow(traced((a: string, b = 2) => a));",
      { a: STRING, b: { default: 2, ...NUMBER } },
    ],
    [
      "a flow that is made",
      "const make = <T>(run: (input: T) => void) => flow((input: T, times: number) => run(input));\nexport const f = make((text: string) => {});",
      { input: STRING, times: NUMBER },
    ],
    [
      "a flow out of a list",
      "const flows = { f: flow((a: string) => a) };\nexport const { f } = flows;",
      { a: STRING },
    ],
    [
      "type parameters of objects",
      "export const f = flow(<T extends object>(a: T & { id: string }) => a);",
      { a: { type: "object", required: ["id"] } },
    ],
    [
      "type parameters",
      "export const f = flow(async <T extends 'x' | 'y'>(a: T, b: T[]) => a);",
      { a: { enum: ["x", "y"], ...STRING } },
    ],
    [
      "overloads",
      "function g(a: string): void;\nfunction g(a: number): void;\nfunction g(a: string | number) {}\nexport const f = flow(g);",
      { a: { anyOf: [STRING, NUMBER] } },
    ],
    [
      "a rest of several",
      "export const f = flow((...args: [a: string, b?: number]) => {});",
      { args: { type: "array", minItems: 1 } },
    ],
  ];
  for (const [what, source, properties] of FLOWS) {
    test(`T10: ${what}`, () => expect(propertiesOf(source)).toMatchObject(properties));
  }

  test("T10: how a wrapper takes its parameters, its type does not tell", () => {
    const wrapped = (fn: string) => `declare function traced<F>(fn: F): F;\nexport const f = flow(traced(${fn} => 0));`;
    const names = (fn: string, style: "positional" | "object") =>
      Object.keys(checkedSignatureOf(wrapped(fn), style).schema["properties"] as JsonObject);
    expect(names("({ a, b }: { a: string; b: number })", "positional")).toEqual(["arg0"]);
    expect(names("({ a, b }: { a: string; b: number })", "object")).toEqual(["a", "b"]);
    expect(names("(options: { a: string; b: number })", "object")).toEqual(["a", "b"]);
    expect(names("(options: { a: string; b: number })", "positional")).toEqual(["options"]);
  });

  test("T10: the rest of a pattern is needed where one of its fields is", () => {
    const ofRest = (fields: string) =>
      checkedSignatureOf(`export const f = flow(({ a, ...more }: { a: string; ${fields} }) => a);`);
    expect(ofRest("b: number; c?: Date").schema).toMatchObject({
      properties: { more: { type: "object", properties: { b: NUMBER }, required: ["b"] } },
      required: ["a", "more"],
    });
    expect(ofRest("c?: Date").schema["required"]).toEqual(["a"]);
  });

  test("T10: what is added to the types of another file", () => {
    write("base.ts", "export interface Base { a: string }\n");
    const source = `import type { Base } from "./base.ts";
declare module "./base.ts" { interface Base { b?: number } }
export const f = flow((p: Base) => p);`;
    expect(signatureOf(source).schema).toMatchObject({
      definitions: { Base: { properties: { a: STRING, b: NUMBER }, required: ["a"] } },
    });
  });

  test("T10: comments of JavaScript", () => {
    const source =
      "/** @param {string} a\n * @param {{ n?: number }} [b] */\nfunction g(a, b) {}\nexport const f = flow(g);";
    expect(signatureOf(source, "f", "js").schema).toMatchObject({
      properties: { a: STRING, b: { type: "object", properties: { n: NUMBER } } },
      required: ["a"],
    });
  });
});

describe("T7 and T10: schemas of zod by their types", () => {
  const schemaOf = (version: string, source: string) =>
    signatureOf(`import { z } from "${version}";\n${source}`).schema;

  test("T10: z.infer", () => {
    for (const version of ["zod", "zod/v3"]) {
      const source = `const S = z.object({ name: z.string(), n: z.number().optional(), kind: z.enum(["a", "b"]).array() });
type Input = z.infer<typeof S>;
export const f = flow((p: Input) => p);`;
      expect(schemaOf(version, source)).toMatchObject({
        properties: { p: { allOf: [{ $ref: "#/definitions/Input" }] } },
        definitions: {
          Input: {
            title: "Input",
            properties: {
              name: { title: "Name", ...STRING },
              n: { title: "N", ...NUMBER },
              kind: { title: "Kind", type: "array", items: { enum: ["a", "b"], ...STRING } },
            },
            required: ["name", "kind"],
          },
        },
      });
    }
  });

  test("T7: what a flow's schema takes, of zod 3", () => {
    const source = `import { z } from "zod/v3";
const parameters = z.object({ at: z.coerce.date(), n: z.number().default(3), m: z.map(z.string(), z.bigint()) });
export const f = flow(({ at, n }) => at, { parameters });`;
    expect(checkedSignatureOf(source).schema).toEqual({
      title: "Parameters",
      type: "object",
      properties: {
        at: { title: "at", position: 0, ...STRING, format: "date-time" },
        m: {
          ...{ title: "m", position: 1, type: "object", format: "map" },
          additionalProperties: { type: "integer", format: "bigint" },
        },
        n: { title: "n", position: 2, ...NUMBER },
      },
      required: ["at", "m"],
    });
  });
});

describe("T11: whatever Bun runs", () => {
  const SOURCES: [what: string, source: string, ending?: string][] = [
    ["accessor", "class A { accessor x = 1; static accessor y = 2; }"],
    ["decorators", "declare const d: any; @d class A { @d x = 1; @d() m(@d p: string) {} }"],
    ["using", "async function g() { using a = null; await using b = null; }"],
    [
      "satisfies, const type parameters",
      "const x = { a: 1 } satisfies object; function id<const T>(x: T) { return x; }",
    ],
    ["namespaces", "namespace N { export enum E { A } } import E = N.E;"],
    ["import attributes", 'import data from "./tsconfig.json" with { type: "json" };'],
    ["import type of a package that is not there", 'import type { X } from "nowhere";'],
    ["JSX", "export const view = <b>{1}</b>;", "tsx"],
    ["a module of its own kind", "export const more = 1;", "mts"],
    ["regular expressions with sets", "export const r = /[\\p{L}--[a-z]]/v;"],
  ];
  for (const [what, source, ending] of SOURCES) {
    test(`T11: ${what}`, () => {
      const found = propertiesOf(`${source}\nexport const f = flow((p: string) => p);`, ending);
      expect(found).toEqual({ p: STRING });
    });
  }

  test("T11: export = and import = in CommonJS", () => {
    const source = 'import path = require("node:path");\nconst f = flow((p: string) => path.join(p));\nexport = { f };';
    expect(propertiesOf(source, "cts")).toEqual({ p: STRING });
  });
});
