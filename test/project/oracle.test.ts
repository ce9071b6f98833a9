// The schema of a type beside what TypeScript itself says of values: what the type takes is accepted, and what is accepted
// arrives as a value that the type takes, coercions included.
import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bindParameters } from "#domain/parameters/parameters.ts";
import { isObject, type Json, type JsonObject } from "#lib/json.ts";
import { openChecker } from "#project/checker/compiler.ts";
import { openProgram } from "#project/checker/program.ts";
import { signatureIn } from "#project/checker/signature.ts";
import { Inexact } from "#project/typescript/inexact.ts";
import { signatureBySyntax } from "#project/typescript/written-signature.ts";
import { DECLARED, TYPES, type Typed } from "./oracle-types.ts";

const folder = mkdtempSync(join(tmpdir(), "orch-oracle-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const checker = await openChecker();

const fileOf = (index: number) => join(folder, `type-${index}.ts`);
for (const [index, { type, means = type }] of TYPES.entries()) {
  const source = `import { flow } from "orch";${DECLARED}
export const f = flow((p: ${type}) => {});
export declare const meant: ${means};
export declare const given: ${type};
`;
  writeFileSync(fileOf(index), source);
}
const index = join(folder, "index.ts");
writeFileSync(index, TYPES.map((_, number) => `import "./type-${number}.ts";`).join("\n"));
const signatures = openProgram(checker, index);

/** As a build reads it. */
function schemaOf(path: string): JsonObject {
  try {
    return signatureBySyntax(path, "f").schema;
  } catch (error) {
    if (!(error instanceof Inexact)) throw error;
    return signatureIn(signatures, { path, exportName: "f" }).schema;
  }
}

const COMMON: Json[] = [
  ...[
    "",
    "abc",
    "a",
    "5",
    "true",
    "2026-01-01",
    "https://x.y/z",
    "id-5",
    "id-x",
    "get-",
    "v1.5",
    "v1.x",
    "aGk=",
    "none",
  ],
  ...[0, 1, 2, 3, 5, 1.5, -1, true, false, null],
  ...[[], ["a"], [1], [1, "a"], ["a", 1], [null], [[1]], [["a", 1]], [{ id: 1 }], [{}]],
  ...[
    {},
    { a: 1 },
    { a: "x" },
    { a: null },
    { a: true },
    { name: "x" },
    { kind: "circle", side: 1 },
    { ok: true, error: "x" },
  ],
];

const LEAVES: Json[] = [null, "zz", "5", 5, 1.5, true, [], {}];

/** The value with each of its parts replaced, left out and added to. */
function mutations(value: Json): Json[] {
  if (Array.isArray(value)) {
    const inner = value.flatMap((item, at) => mutations(item).map((other) => value.with(at, other)));
    return [...LEAVES, ...inner, value.slice(1), [...value, "zz"], [...value, ...value.slice(-1)]];
  }
  if (!isObject(value)) return LEAVES;
  const object = value as JsonObject; // JSON holds JSON
  const inner = Object.entries(object).flatMap(([key, item]) => [
    ...mutations(item).map((other) => ({ ...object, [key]: other })),
    Object.fromEntries(Object.entries(object).filter(([name]) => name !== key)),
  ]);
  return [...LEAVES, ...inner, { ...object, zz: "zz" }];
}

/** A value as the narrowest type that it is of. */
function typeOf(value: unknown): string {
  if (value === null || typeof value === "boolean") return String(value);
  if (value === undefined) return "undefined";
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "number") return Number.isFinite(value) ? String(value) : "number";
  if (typeof value === "bigint") return `${value}n`;
  if (value instanceof Date) return "Date";
  if (value instanceof URL) return "URL";
  if (value instanceof Uint8Array) return "Buffer";
  if (value instanceof Set) return `Set<${union([...value])}>`;
  if (value instanceof Map) return `Map<${union([...value.keys()])}, ${union([...value.values()])}>`;
  if (Array.isArray(value)) return `[${value.map(typeOf).join(", ")}]`;
  return `{ ${Object.entries(value)
    .map(([key, item]) => `${JSON.stringify(key)}: ${typeOf(item)};`)
    .join(" ")} }`;
}

function union(values: unknown[]): string {
  return values.length === 0 ? "never" : values.map(typeOf).join(" | ");
}

interface Sample {
  number: number;
  given: Json;
  /** What arrives; nothing where it is refused. */
  result: { value: unknown } | undefined;
}

function sampled({ good }: Typed, number: number): Sample[] {
  const schema = schemaOf(fileOf(number));
  const texts = new Set([good, ...COMMON, ...mutations(good)].map((value) => JSON.stringify(value)));
  return [...texts].map((text) => {
    const given = JSON.parse(text) as Json; // just written
    try {
      return { number, given, result: { value: bindParameters((_p: unknown) => {}, schema, { p: given })[0] } };
    } catch {
      return { number, given, result: undefined };
    }
  });
}

const samples = TYPES.flatMap(sampled);

/** One constant for each type of a value, all in one file. */
const types = [
  ...new Set(samples.flatMap(({ given, result }) => [typeOf(given), ...(result ? [typeOf(result.value)] : [])])),
];
const values = join(folder, "values.ts");
writeFileSync(values, types.map((type, at) => `export declare const v${at}: ${type};`).join("\n"));
writeFileSync(
  index,
  `import ${JSON.stringify(values)};\n${TYPES.map((_, at) => `import "./type-${at}.ts";`).join("\n")}`,
);
const program = openProgram(checker, index);

function exportsOf(path: string) {
  const { compiler, checker: types } = program;
  const module = types.getSymbolAtLocation(program.fileAt(path));
  const symbols = module ? types.getExportsOfModule(module) : [];
  return new Map(symbols.map((symbol) => [compiler.symbolName(symbol), types.getTypeOfSymbol(symbol)]));
}

const valueTypes = exportsOf(values);
function typeOfSample(value: unknown) {
  const type = valueTypes.get(`v${types.indexOf(typeOf(value))}`);
  if (!type) throw new Error(`there is no type for ${typeOf(value)}`);
  return type;
}

/** What is wrong with the schema of a type. */
function faults(number: number): string[] {
  const named = exportsOf(fileOf(number));
  const [given, meant] = [named.get("given"), named.get("meant")];
  const takes = (value: unknown, type = meant) => {
    return type !== undefined && program.checker.isTypeAssignableTo(typeOfSample(value), type);
  };
  // Of a type whose fields may all be missing TypeScript refuses an object that shares none: a slip of the author.
  const names = meant ? program.checker.getPropertiesOfType(meant).map(program.compiler.symbolName) : [];
  const isWeak = (value: unknown) =>
    isObject(value) && takes({}) && !Object.keys(value).some((name) => names.includes(name));
  return samples
    .filter((sample) => sample.number === number)
    .flatMap(({ given: json, result }) => {
      if (!result && takes(json, given)) return [`refuses ${JSON.stringify(json)}`];
      const isWrong = result && !takes(result.value) && !isWeak(result.value);
      return isWrong ? [`takes ${JSON.stringify(json)} as ${typeOf(result.value)}`] : [];
    });
}

describe("the schema of a type takes what the type takes", () => {
  for (const [number, { type, good }] of TYPES.entries()) {
    test(type, () => {
      const own = samples.find((sample) => sample.number === number && Bun.deepEquals(sample.given, good));
      expect(own?.result).toBeDefined();
      expect(faults(number)).toEqual([]);
    });
  }
});
