// Parameters checked by a schema of the author's choice: zod, valibot, arktype or any other that follows the Standard
// Schema interface (standardschema.dev, version 1).
import { OrchError } from "#lib/errors.ts";
import { isObject, type Json, type JsonObject, objectWithNumbers } from "#lib/json.ts";
import { coerce } from "./coercion.ts";

export interface StandardSchema<Input = unknown, Output = Input> {
  readonly "~standard": {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => StandardResult<Output> | Promise<StandardResult<Output>>;
    readonly types?: { readonly input: Input; readonly output: Output } | undefined;
  };
}

type StandardResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly StandardIssue[] };

interface StandardIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

export type SchemaInput<S extends StandardSchema> = NonNullable<S["~standard"]["types"]>["input"];
export type SchemaOutput<S extends StandardSchema> = NonNullable<S["~standard"]["types"]>["output"];

/** What the schema makes of the parameters. Throws `invalid`, naming each of them and what is wrong with it. */
export async function checkedBySchema(schema: StandardSchema, parameters: unknown): Promise<unknown> {
  const result = await schema["~standard"].validate(parameters);
  if (!result.issues) return result.value;
  throw new OrchError("invalid", result.issues.map(sentence).join("; "));
}

/** The same of parameters that came as JSON. */
export async function checkedJson(schema: StandardSchema, parameters: JsonObject): Promise<unknown> {
  const { given, result } = await looked(schema, parameters);
  return result && !result.issues ? result.value : checkedBySchema(schema, given);
}

/** Parameters that came as JSON, as the schema takes them: it is still to check them. */
export async function inputFromJson(schema: StandardSchema, parameters: JsonObject): Promise<unknown> {
  return (await looked(schema, parameters)).given;
}

/** One look for each level of values in values, such as the dates of a Set. */
const MOST_LOOKS = 10;

/**
 * JSON has no bigint, Date, Map, Set, URL or bytes: where the schema misses one of those, it gets what the JSON means,
 * and looks once more.
 */
async function looked(schema: StandardSchema, parameters: JsonObject) {
  let given: unknown = objectWithNumbers(parameters);
  for (let look = 0; look < MOST_LOOKS; look += 1) {
    const result = await schema["~standard"].validate(given);
    const before = given;
    for (const issue of result.issues ?? []) given = mended(given, issue);
    if (given === before) return { given, result };
  }
  return { given };
}

/** What libraries call the types that JSON lacks, as the JSON schema of each. */
const MISSING: Readonly<Record<string, JsonObject>> = {
  bigint: { type: "integer", format: "bigint" },
  date: { type: "string", format: "date-time" },
  set: { type: "array", uniqueItems: true },
  map: { format: "map" },
  url: { type: "string", format: "uri" },
  uint8array: { type: "string", format: "byte" },
};

/** What zod and valibot say beside the interface: which type is missed, and for a union what each branch misses. */
type TypedIssue = StandardIssue & { expected?: unknown; errors?: unknown; issues?: unknown };

/** The same parameters, with the value of the issue as the type that is missed there. */
function mended(parameters: unknown, issue: TypedIssue): unknown {
  const { path = [], expected, errors, issues = errors } = issue;
  const steps = path.map((step) => (typeof step === "object" ? step.key : step));
  const wanted = typeof expected === "string" ? MISSING[expected.toLowerCase()] : undefined;
  if (wanted) return replaced(parameters, steps, wanted);
  const branches: TypedIssue[] = Array.isArray(issues) ? issues.flat() : [];
  for (const inner of branches) {
    const changed = mended(parameters, { ...inner, path: [...path, ...(inner.path ?? [])] });
    if (changed !== parameters) return changed;
  }
  return parameters;
}

/** A copy with another value at the end of the steps; the same object where nothing changes. */
function replaced(value: unknown, [step, ...more]: readonly PropertyKey[], wanted: JsonObject): unknown {
  if (step === undefined && !(value instanceof Set)) return asWanted(value, wanted);
  let changed = false;
  const inner = (item: unknown, key?: unknown) => {
    // A Set has no keys: what is missed in it is missed by all of its values.
    const made = value instanceof Set || key === step ? replaced(item, more, wanted) : item;
    changed ||= made !== item;
    return made;
  };
  const copy = copied(value, inner);
  return changed ? copy : value;
}

function copied(value: unknown, inner: (item: unknown, key?: unknown) => unknown): unknown {
  if (value instanceof Set) return new Set([...value].map((item) => inner(item)));
  if (value instanceof Map) return new Map([...value].map(([key, item]) => [key, inner(item, key)]));
  if (Array.isArray(value)) return value.map((item, index) => inner(item, index));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, inner(item, key)]));
}

function asWanted(value: unknown, wanted: JsonObject): unknown {
  if (typeof value === "boolean") return value;
  const result = coerce(value as Json, wanted, {}); // nothing but JSON misses a type that JSON lacks
  return "value" in result ? result.value : value;
}

function sentence({ message, path = [] }: StandardIssue): string {
  const steps = path.map((step) => String(typeof step === "object" ? step.key : step));
  return steps.length > 0 ? `parameter '${steps.join(".")}': ${message}` : message;
}
