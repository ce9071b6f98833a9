// Parameters given on the command line: `name=value`, where the parameter's type says whether the value is text or JSON.

import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { branchesOf } from "#domain/parameters/json-schema.ts";
import { meant, parameterSchema, type Typed, TypedWord, takesText } from "#domain/parameters/typed-values.ts";
import { OrchError } from "#lib/errors.ts";
import { exactNumber, isObject, isTooDeep, type Json, type JsonObject, MOST_LEVELS, parseWith } from "#lib/json.ts";
import type { Io } from "../kit/command.ts";

/** Of commands that make a run: `--param` and `--params`, where `-` reads standard input. */
export const RUN_PARAMETER_OPTIONS = {
  param: {
    type: "string",
    alias: "p",
    multiple: true,
    description: "A parameter: name=value, the value as JSON or text.",
  },
  params: {
    type: "string",
    description: "Parameters as a JSON object; @FILE reads them from a file, '-' from standard input.",
  },
} as const;

/** Parameters as they were typed, before it is known of which types they are. */
export interface TypedParameters {
  /** Each `--param`. */
  single: ReadonlyMap<string, string>;
  /** `--params`. */
  all: { [name: string]: Typed };
}

/** Both together; a parameter given alone wins, and a line says so. */
export async function readRunParameters(
  param: readonly string[],
  params: string | undefined,
  io: Io,
): Promise<TypedParameters> {
  const all = params === undefined ? {} : await readParams(params, io);
  const single = parseSingle(param);
  const both = [...single.keys()].filter((name) => Object.hasOwn(all, name));
  if (both.length > 0) {
    io.err(`The following parameters were specified by both --param and --params, --param wins: ${both.join(", ")}`);
  }
  return { single, all };
}

/** `--params`: JSON, or where it is. Throws `invalid` with a sentence that names the file. */
export async function readParams(given: string, io: Pick<Io, "stdin" | "cwd">): Promise<TypedParameters["all"]> {
  if (given === "-") return parseParams(await piped(io));
  if (given.startsWith("@")) {
    const { textFile } = await import("../terminal/text-input.ts");
    const text = textFile(given.slice(1), io.cwd, "--params");
    const source = `The file '${given.slice(1)}' for --params`;
    if (text.trim() === "") throw new OrchError("invalid", `${source} is empty: it has to hold ${AN_OBJECT}.`);
    return parseParams(text, source);
  }
  const isFile = !/[[{"]/.test(given) && existsSync(resolve(io.cwd, given));
  if (isFile) throw new OrchError("invalid", `${NO_OBJECT} To read the file: --params @${given}`);
  return parseParams(given);
}

async function piped(io: Pick<Io, "stdin">): Promise<string> {
  const text = await io.stdin();
  if (text.trim() === "") throw new OrchError("invalid", "No data passed to stdin");
  return text;
}

/** `name=value` to its two halves. Throws `invalid` without a `=`. */
export function splitPair(text: string, option: string): [name: string, value: string] {
  const at = text.indexOf("=");
  if (at > 0) return [text.slice(0, at), text.slice(at + 1)];
  throw new OrchError("invalid", `'${text}' has no value: give ${option} as name=value.`);
}

/** Each `--param`. Throws `invalid` for one without a value and for two of one name. */
export function parseSingle(given: readonly string[]): Map<string, string> {
  const single = new Map<string, string>();
  for (const text of given) {
    const [name, value] = splitPair(text, "--param");
    if (single.has(name)) throw new OrchError("invalid", `--param ${name} is given twice: give it once.`);
    single.set(name, value);
  }
  return single;
}

const AN_OBJECT = `a JSON object such as '{"name": "Ada"}'`;
const NO_OBJECT = `Failed to parse JSON: --params must be an object such as '{"name": "Ada"}'.`;

/** `--params`: a JSON object. Throws `invalid` for anything else. `file` begins a sentence about the file that it came from. */
export function parseParams(text: string, file?: string): { [name: string]: Typed } {
  const value = typedJson(text, file ?? "--params");
  if (isObject(value) && !(value instanceof TypedWord)) return value as { [name: string]: Typed }; // what typedJson reads
  if (file === undefined) throw new OrchError("invalid", NO_OBJECT);
  throw new OrchError(
    "invalid",
    `${file} holds ${value === undefined ? "no JSON" : "JSON of another kind"}: it has to hold ${AN_OBJECT}.`,
  );
}

/** The value of JSON text, its numbers with their text; undefined when it is not JSON. */
export function typedJson(text: string, what: string): Typed | undefined {
  try {
    const value = parseWith<TypedWord>(text, (literal) => new TypedWord(literal, exactNumber(literal))) as Typed; // numbers gave way to words
    if (!isTooDeep(value)) return value;
  } catch (error) {
    if (!(error instanceof RangeError)) return undefined;
  }
  throw new OrchError("invalid", `${what} is nested deeper than ${MOST_LEVELS} levels.`);
}

interface Reading {
  /** The deployment's or the flow's; null when it is not known. */
  schema: JsonObject | null;
  /** What is neither JSON nor text of the parameter's type is text all the same, quotation marks and all. */
  isLoose?: boolean;
  /** Python's `Optional[str] = None` looks like any other `str` that may be left out: there `null` is None. */
  isPython?: boolean;
}

/** The values that were meant, by the types of the parameters. Throws `invalid` for JSON that cannot be read. */
export function parametersMeant({ single, all }: TypedParameters, reading: Reading): JsonObject {
  const entries = Object.entries(all).map(([name, value]): [string, Json] => {
    const { schema, definitions } = schemaOf(name, reading);
    return [name, meant(value, schema, definitions)];
  });
  const alone = [...single].map(([name, text]): [string, Json] => [name, valueMeant(name, text, reading)]);
  return Object.fromEntries([...entries, ...alone]);
}

function schemaOf(name: string, { schema: whole, isPython = false }: Reading) {
  const { schema, definitions } = parameterSchema(whole, name);
  const required = whole?.["required"];
  const isOptional = schema["default"] === undefined && !(Array.isArray(required) && required.includes(name));
  const orNone = { anyOf: [schema, { type: "null" }] };
  return { schema: isPython && isOptional && Object.keys(schema).length > 0 ? orNone : schema, definitions };
}

/** Text with a quotation mark in it was meant to be JSON, unless the type is text: then it has to be. */
function valueMeant(name: string, text: string, reading: Reading): Json {
  const { schema, definitions } = schemaOf(name, reading);
  const branches = branchesOf(schema, definitions);
  const mayBeText = branches.some(takesText);
  const given = typedJson(text, `The parameter '${name}'`);
  if (given === undefined) {
    if (mayBeText || reading.isLoose || !text.includes('"')) return text;
    throw new OrchError("invalid", `Failed to parse JSON for parameter '${name}' with value ${text}.`);
  }
  // In quotation marks it is text, whatever the type.
  if (typeof given === "string") return given;
  if (typeof given === "boolean" || given === null) return meant(new TypedWord(text, given), schema, definitions);
  const isWhole = given instanceof TypedWord;
  const isOther = isWhole || branches.some((branch) => !takesText(branch) && branch["type"] !== "null");
  if (!isOther) return text;
  return meant(isWhole ? new TypedWord(text, given.value) : given, schema, definitions);
}
