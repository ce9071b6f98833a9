// Each kind of value the old server accepted, written once: pydantic 1 coerces, so a number is taken for a string,
// "on" for true, text without an offset for UTC. Issues carry the old message, and the old error type in `expected`.
import * as v from "valibot";
import { parseId } from "#lib/ids.ts";
import { isExact, isObject, isTooDeep, type Json, type JsonObject, textOfJson } from "#lib/json.ts";
import { LONG_LIST, MOST_ITEMS, MOST_LEVELS, shortened } from "#lib/limits.ts";
import { parseDuration } from "#lib/text/duration.ts";
import { parseTimestamp } from "#lib/time/timestamps.ts";
import { record } from "./record.ts";

interface Refusal {
  message: string;
  /** pydantic's error type, such as `type_error.uuid`. */
  type: string;
}
type Verdict<T> = { value: T } | Refusal;

/** A schema from one function. `In` is what a typed caller sends; at run time anything may come. */
export function primitive<T, Input = T>(
  openapi: Record<string, unknown>,
  parse: (input: unknown) => Verdict<T>,
): v.GenericSchema<Input, T> {
  const schema = v.pipe(
    v.unknown(),
    // Before the transformation, where the OpenAPI page finds it.
    v.metadata({ openapi }),
    v.rawTransform<unknown, T>(({ dataset, addIssue, NEVER }) => {
      if (dataset.value === null) {
        addIssue({ message: "none is not an allowed value", expected: "type_error.none.not_allowed" });
        return NEVER;
      }
      const verdict = parse(dataset.value);
      if ("value" in verdict) return verdict.value;
      addIssue({ message: verdict.message, expected: verdict.type });
      return NEVER;
    }),
  );
  return schema as unknown as v.GenericSchema<Input, T>; // the input is `unknown` to the checker, `Input` to callers
}

export interface TextLimits {
  max?: number;
  pattern?: RegExp;
  /** Refuse the characters that would break a path: `/ % & > <`. */
  name?: boolean;
  /** Said of a text that does not fit the pattern (or, without one, the length), where the old server had words of its own. */
  refusal?: string;
}

export const FORBIDDEN_IN_NAMES: readonly string[] = ["/", "%", "&", ">", "<"];

export function text(limits: TextLimits = {}): v.GenericSchema<string, string> {
  const openapi = {
    type: "string",
    ...(limits.max === undefined ? {} : { maxLength: limits.max }),
    ...(limits.pattern === undefined ? {} : { pattern: limits.pattern.source }),
  };
  return primitive(openapi, (input) => {
    const value = isExact(input) ? input.rawJSON : isNumberOrTruth(input) ? pythonText(input) : input;
    if (typeof value !== "string") return { message: "str type expected", type: "type_error.str" };
    return refuseText(value, limits) ?? { value };
  });
}

function isNumberOrTruth(input: unknown): input is number | boolean {
  return typeof input === "number" || typeof input === "boolean";
}

/** As Python's `str` writes it. */
function pythonText(value: number | boolean): string {
  return typeof value === "number" ? String(value) : value ? "True" : "False";
}

const URL_MAX = 2083;

/** An address on the web. The old server wants a host with a dot and letters after the last one, or an IP address. */
export function httpUrl(): v.GenericSchema<string> {
  return primitive({ type: "string", format: "uri", minLength: 1, maxLength: URL_MAX }, (input) => {
    if (typeof input !== "string") return { message: "str type expected", type: "type_error.str" };
    if (input.length > URL_MAX) {
      return { message: `ensure this value has at most ${URL_MAX} characters`, type: "value_error.any_str.max_length" };
    }
    const parts = /^([a-z][a-z0-9+.-]*):\/\/([^/?#]*)/i.exec(input.trim());
    if (!parts) return { message: "invalid or missing URL scheme", type: "value_error.url.scheme" };
    const [, scheme = "", authority = ""] = parts;
    if (!/^https?$/i.test(scheme)) return { message: "URL scheme not permitted", type: "value_error.url.scheme" };
    const host = authority.replace(/^.*@/, "").replace(/:\d*$/, "");
    if (host === "" || /[\s<>"\\^`{|}]/.test(host))
      return { message: "URL host invalid", type: "value_error.url.host" };
    if (/^(\[.*\]|\d+(\.\d+){3})$/.test(host) || /\.\p{L}[\p{L}\d-]*\.?$/u.test(host)) return { value: input };
    return { message: "URL host invalid, top level domain required", type: "value_error.url.host" };
  });
}

function refuseText(value: string, limits: TextLimits): Refusal | undefined {
  const found = misfitOf(value, limits);
  const isTheRule = limits.pattern === undefined || found?.type === NOT_THE_PATTERN;
  return found && limits.refusal !== undefined && isTheRule ? { message: limits.refusal, type: "value_error" } : found;
}

const NOT_THE_PATTERN = "value_error.str.regex";

function misfitOf(value: string, { max, pattern, name }: TextLimits): Refusal | undefined {
  if (max !== undefined && value.length > max) {
    return { message: `ensure this value has at most ${max} characters`, type: "value_error.any_str.max_length" };
  }
  if (pattern && !pattern.test(value)) {
    return { message: `string does not match regex "${pattern.source}"`, type: NOT_THE_PATTERN };
  }
  if (name && FORBIDDEN_IN_NAMES.some((character) => value.includes(character))) {
    const list = FORBIDDEN_IN_NAMES.map((character) => `'${character}'`).join(", ");
    const message = `Name '${shortened(value)}' contains an invalid character. Must not contain any of: [${list}].`;
    return { message, type: "value_error.invalidname" };
  }
  return undefined;
}

/** Text of a closed list; anything else names what is permitted. */
export function oneOf<const Values extends readonly string[]>(values: Values): v.GenericSchema<Values[number]> {
  const permitted = values.map((value) => `'${value}'`).join(", ");
  return primitive({ type: "string", enum: values }, (input) =>
    typeof input === "string" && values.includes(input)
      ? { value: input as Values[number] } // just found in the list
      : { message: `value is not a valid enumeration member; permitted: ${permitted}`, type: "type_error.enum" },
  );
}

export interface NumberLimits {
  min?: number;
  max?: number;
  above?: number;
  /** As of a text. */
  refusal?: string;
}

/** Beyond these a number is no longer exact, and the database would not take it. */
const WHOLE = { min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER };

export function integer(limits: NumberLimits = {}): v.GenericSchema<number> {
  return primitive({ type: "integer", ...openapiLimits(limits) }, (input) => {
    const value = typeof input === "boolean" ? Number(input) : toNumber(input);
    if (value === undefined) return { message: "value is not a valid integer", type: "type_error.integer" };
    return refuseNumber(Math.trunc(value), { ...WHOLE, ...limits }) ?? { value: Math.trunc(value) };
  });
}

export function float(limits: NumberLimits = {}): v.GenericSchema<number> {
  return primitive({ type: "number", ...openapiLimits(limits) }, (input) => {
    const value = toNumber(input);
    if (value === undefined) return { message: "value is not a valid float", type: "type_error.float" };
    return refuseNumber(value, limits) ?? { value };
  });
}

function openapiLimits({ min, max, above }: NumberLimits): Record<string, number | boolean> {
  return {
    ...(min === undefined ? {} : { minimum: min }),
    ...(max === undefined ? {} : { maximum: max }),
    // As OpenAPI 3.0 writes it.
    ...(above === undefined ? {} : { minimum: above, exclusiveMinimum: true }),
  };
}

function toNumber(given: unknown): number | undefined {
  const input = isExact(given) ? Number(given.rawJSON) : given;
  if (typeof input === "number" && Number.isFinite(input)) return input;
  if (typeof input !== "string" || input.trim() === "") return undefined;
  const value = Number(input);
  return Number.isFinite(value) ? value : undefined;
}

function refuseNumber(value: number, limits: NumberLimits): Refusal | undefined {
  const found = outside(value, limits);
  return found && limits.refusal !== undefined ? { message: limits.refusal, type: "value_error" } : found;
}

function outside(value: number, { min, max, above }: NumberLimits): Refusal | undefined {
  if (min !== undefined && value < min) {
    return { message: `ensure this value is greater than or equal to ${min}`, type: "value_error.number.not_ge" };
  }
  if (max !== undefined && value > max) {
    return { message: `ensure this value is less than or equal to ${max}`, type: "value_error.number.not_le" };
  }
  if (above !== undefined && value <= above) {
    return { message: `ensure this value is greater than ${above}`, type: "value_error.number.not_gt" };
  }
  return undefined;
}

const TRUE = new Set(["true", "t", "1", "on", "yes", "y"]);
const FALSE = new Set(["false", "f", "0", "off", "no", "n"]);

export function bool(): v.GenericSchema<boolean> {
  return primitive({ type: "boolean" }, (input) => {
    if (typeof input === "boolean") return { value: input };
    const word = textOfJson(isExact(input) ? Number(input.rawJSON) : input).toLowerCase();
    if (TRUE.has(word)) return { value: true };
    if (FALSE.has(word)) return { value: false };
    return { message: "value could not be parsed to a boolean", type: "type_error.bool" };
  });
}

export function uuid(): v.GenericSchema<string> {
  return primitive({ type: "string", format: "uuid" }, (input) => {
    const value = typeof input === "string" ? parseId(input) : null;
    return value === null ? { message: "value is not a valid uuid", type: "type_error.uuid" } : { value };
  });
}

/** ISO-8601 in; fixed-width UTC text out (lib/time/timestamps.ts). Numbers are refused. */
export function timestamp(): v.GenericSchema<string> {
  return primitive({ type: "string", format: "date-time" }, (input) => {
    if (typeof input !== "string") return { message: "Unrecognized datetime.", type: "value_error" };
    const value = parseTimestamp(input);
    return value === null
      ? { message: `Unable to parse string [${shortened(input)}]`, type: "value_error.parser" }
      : { value };
  });
}

/** What every stored record has. */
export const stored = () => ({ id: uuid(), created: timestamp(), updated: timestamp() });

/** Seconds, as a number or as text of a duration. */
export function duration(): v.GenericSchema<number | string, number> {
  return primitive<number, number | string>({ type: "number", format: "time-delta" }, (input) => {
    const number = typeof input === "string" ? undefined : toNumber(input);
    if (number !== undefined) return { value: number };
    const value = typeof input === "string" ? parseDuration(input) : null;
    return value === null ? { message: "invalid duration format", type: "value_error.duration" } : { value };
  });
}

/** Measured seconds, in answers. */
export function seconds(): v.GenericSchema<number> {
  return v.pipe(float(), v.metadata({ openapi: { type: "number", format: "time-delta" } })) as v.GenericSchema<number>; // as above
}

/** `{…}` with any JSON in it. Numbers keep their digits (lib/json.ts). */
export function jsonObject(): v.GenericSchema<JsonObject> {
  return primitive({ type: "object" }, (input) => {
    if (!isObject(input)) return { message: "value is not a valid dict", type: "type_error.dict" };
    if (isTooDeep(input)) return { message: TOO_DEEP, type: "value_error.nesting" };
    return { value: input as JsonObject }; // came out of parseJson
  });
}

const TOO_DEEP = `the value is nested deeper than ${MOST_LEVELS} levels`;

/** Any JSON, `null` too. Numbers keep their digits, as above. */
export function anyJson(): v.GenericSchema<Json | undefined> {
  const schema = v.pipe(
    v.unknown(),
    v.metadata({ openapi: {} }),
    v.rawTransform<unknown, unknown>(({ dataset, addIssue, NEVER }) => {
      if (!isTooDeep(dataset.value)) return dataset.value;
      addIssue({ message: TOO_DEEP, expected: "value_error.nesting" });
      return NEVER;
    }),
  );
  return schema as v.GenericSchema<Json | undefined>; // as above
}

/** With 50,000 items at most. Of a list with more than 100 only the first fault is given: each fault takes 1 KB. */
export function list<S extends v.GenericSchema>(item: S) {
  return bounded(v.array(item), (input) => (Array.isArray(input) ? input.length : 0));
}

/** `{…}` with any keys, and values of one kind. As long as a list. */
export function dictionary<S extends v.GenericSchema>(value: S) {
  return bounded(record(value), (input) => (isObject(input) ? Object.keys(input).length : 0));
}

function bounded<S extends v.GenericSchema>(schema: S, lengthOf: (input: unknown) => number): S {
  const run: S["~run"] = (dataset, config) => {
    const length = lengthOf(dataset.value);
    if (length <= LONG_LIST) return schema["~run"](dataset, config);
    if (length <= MOST_ITEMS) return schema["~run"](dataset, { ...config, abortEarly: true });
    const message = `ensure this value has at most ${MOST_ITEMS} items`;
    return refused(schema, dataset, config, { message, expected: "value_error.list.max_items" });
  };
  return { ...schema, "~run": run };
}

function refused<S extends v.GenericSchema>(
  schema: S,
  dataset: v.UnknownDataset,
  config: v.Config<v.BaseIssue<unknown>>,
  issue: { message?: string; expected?: string },
): ReturnType<S["~run"]> {
  const refusal = { ...dataset, typed: false as const };
  v._addIssue(schema, "type", refusal, config, issue);
  return refusal as unknown as ReturnType<S["~run"]>; // an issue was added
}

const METADATA_MOST = 500;

/** Texts by name. Those longer than 500 characters are cut. */
export function metadata() {
  const cut = (value: string) => (value.length > METADATA_MOST ? `${value.slice(0, METADATA_MOST)}...` : value);
  return dictionary(v.pipe(text(), v.transform(cut)));
}

/** May be left out or null; reads as null. */
export function maybe<S extends v.GenericSchema>(schema: S) {
  return v.optional(v.nullable(schema), null);
}

/** May be left out; null is a conflict, as the old server's database had it: what is there cannot be taken away. */
export function keptUnlessSent<S extends v.GenericSchema>(schema: S) {
  const optional = v.optional(schema);
  const run: (typeof optional)["~run"] = (dataset, config) => {
    if (dataset.value !== null) return optional["~run"](dataset, config);
    return refused(optional, dataset, config, { expected: CONFLICT });
  };
  return { ...optional, "~run": run };
}

/** What an issue expects that is no fault of the shape. */
export const CONFLICT = "conflict";

/** May be left out, but not null, as pydantic has it for a field with a default. */
export function orDefault<S extends v.GenericSchema>(schema: S, fallback: () => v.InferOutput<S> & v.InferInput<S>) {
  return v.optional(schema, fallback as never); // valibot's own type of a default is narrower than a thunk of the output
}
