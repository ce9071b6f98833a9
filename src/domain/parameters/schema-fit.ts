// Whether job variables fit what the jobs of a work pool take, and parameters what a flow takes: the parts of JSON schema
// that job templates and parameters are written in. Unknown keywords are left alone, as JSON schema wants it.
import { isExact, isObject } from "#lib/json.ts";
import { MOST_SCHEMA_STEPS, shortened } from "#lib/limits.ts";
import { own } from "#lib/own.ts";

type Schema = Record<string, unknown>;

/** One sentence about the first thing that does not fit; `undefined` when all does. `at`: what they are called. */
export function misfitOfVariables(variables: unknown, given: unknown, at = "infra_overrides"): string | undefined {
  if (!isObject(variables)) return undefined;
  const properties = isObject(variables["properties"]) ? variables["properties"] : {};
  // A variable with a default need not be given, also when the schema calls it required.
  const required = texts(variables["required"]).filter((name) => {
    const property = own(properties, name);
    return !(isObject(property) && Object.hasOwn(property, "default"));
  });
  return misfit({ ...variables, required }, given, {
    root: variables,
    at,
    references: 0,
    nullable: false,
    steps: stepsFor(given),
  });
}

/** The same of values that are null where nothing is meant, as Python's clients send them. */
export function misfitOfSchema(schema: Schema, given: unknown, at: string): string | undefined {
  return misfit(schema, given, { root: schema, at, references: 0, nullable: true, steps: stepsFor(given) });
}

/** Checks for a value of this size. */
function stepsFor(given: unknown): { left: number } {
  return { left: MOST_SCHEMA_STEPS + STEPS_OF_VALUE * valuesIn(given) };
}

/** A value may be of one of two types, and both may be named by references. */
const STEPS_OF_VALUE = 4;

function valuesIn(value: unknown): number {
  if (typeof value !== "object" || value === null) return 1;
  return Object.values(value).reduce<number>((count, inner) => count + valuesIn(inner), 1);
}

interface Place {
  root: Schema;
  /** Path of the value, for the sentence. */
  at: string;
  /** How many references led here: a schema may point at itself. */
  references: number;
  /** Whether what is not required may be null. */
  nullable: boolean;
  /** Checks that may still be made, all branches together. */
  steps: { left: number };
}

const MOST_REFERENCES = 50;

function misfit(schema: unknown, value: unknown, place: Place): string | undefined {
  if (schema === false) return `${place.at} is not allowed`;
  if (!isObject(schema)) return undefined;
  place.steps.left -= 1;
  if (place.steps.left < 0) return `${place.at} is nested too deeply`;
  for (const check of [ofReference, ofType, ofChoice, ofCombination, ofNumber, ofText, ofList, ofObject]) {
    const found = check(schema, value, place);
    if (found) return found;
  }
  return undefined;
}

/** `#/definitions/Name` */
function ofReference(schema: Schema, value: unknown, place: Place): string | undefined {
  const reference = schema["$ref"];
  if (typeof reference !== "string" || !reference.startsWith("#/")) return undefined;
  if (place.references >= MOST_REFERENCES) return `${place.at} is nested too deeply`;
  let target: unknown = place.root;
  for (const step of reference.slice(2).split("/")) target = isObject(target) ? own(target, step) : undefined;
  return misfit(target, value, { ...place, references: place.references + 1 });
}

const IS_TYPE: Record<string, (value: unknown) => boolean> = {
  string: (value) => typeof value === "string",
  number: (value) => typeof value === "number" || isExact(value),
  integer: (value) => Number.isInteger(sizeOf(value)),
  boolean: (value) => typeof value === "boolean",
  array: (value) => Array.isArray(value),
  object: (value) => isObject(value),
  null: (value) => value === null,
};

function ofType({ type }: Schema, value: unknown, { at }: Place): string | undefined {
  const types = typeof type === "string" ? [type] : texts(type);
  if (types.length === 0 || types.some((one) => own(IS_TYPE, one)?.(value) ?? true)) return undefined;
  return `${at} must be of type ${types.join(" or ")}, not ${shortened(JSON.stringify(value))}`;
}

function ofChoice(schema: Schema, value: unknown, { at }: Place): string | undefined {
  const permitted = Object.hasOwn(schema, "const") ? [schema["const"]] : schema["enum"];
  if (!Array.isArray(permitted) || permitted.some((one) => Bun.deepEquals(sizeOf(one), sizeOf(value))))
    return undefined;
  return `${at} must be one of ${shortened(JSON.stringify(permitted))}, not ${shortened(JSON.stringify(value))}`;
}

function ofCombination({ allOf, anyOf, oneOf }: Schema, value: unknown, place: Place): string | undefined {
  for (const part of list(allOf)) {
    const found = misfit(part, value, place);
    if (found) return found;
  }
  const misfits = (parts: unknown) => list(parts).map((part) => misfit(part, value, place));
  const any = misfits(anyOf);
  if (any.length > 0 && any.every((found) => found !== undefined)) return any[0];
  const one = misfits(oneOf);
  const fitting = one.filter((found) => found === undefined).length;
  if (one.length === 0 || fitting === 1) return undefined;
  return fitting === 0 ? one[0] : `${place.at} fits more than one of the shapes it may have`;
}

/** A number's size; of its digits, where those are kept, the nearest number. */
function sizeOf(value: unknown): unknown {
  return isExact(value) ? Number(value.rawJSON) : value;
}

function ofNumber(schema: Schema, given: unknown, { at }: Place): string | undefined {
  const value = sizeOf(given);
  if (typeof value !== "number") return undefined;
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = schema;
  if (typeof minimum === "number" && value < minimum) return `${at} must be at least ${minimum}`;
  if (typeof maximum === "number" && value > maximum) return `${at} must be at most ${maximum}`;
  if (typeof exclusiveMinimum === "number" && value <= exclusiveMinimum) {
    return `${at} must be more than ${exclusiveMinimum}`;
  }
  if (typeof exclusiveMaximum === "number" && value >= exclusiveMaximum) {
    return `${at} must be less than ${exclusiveMaximum}`;
  }
  return undefined;
}

function ofText({ minLength, maxLength }: Schema, value: unknown, { at }: Place): string | undefined {
  if (typeof value !== "string") return undefined;
  if (typeof minLength === "number" && value.length < minLength) return `${at} must have ${minLength} characters`;
  if (typeof maxLength === "number" && value.length > maxLength)
    return `${at} must have at most ${maxLength} characters`;
  return undefined;
}

function ofList({ items }: Schema, value: unknown, place: Place): string | undefined {
  if (!Array.isArray(value) || !isObject(items)) return undefined;
  for (const [index, item] of value.entries()) {
    const found = misfit(items, item, { ...place, at: `${place.at}[${index}]` });
    if (found) return found;
  }
  return undefined;
}

function ofObject(schema: Schema, value: unknown, place: Place): string | undefined {
  if (!isObject(value)) return undefined;
  const required = texts(schema["required"]);
  const missing = required.find((name) => !Object.hasOwn(value, name));
  if (missing !== undefined) return `${place.at}.${missing} is required`;
  const properties = isObject(schema["properties"]) ? schema["properties"] : {};
  for (const [name, item] of Object.entries(value)) {
    if (item === null && place.nullable && !required.includes(name)) continue;
    const found = misfit(own(properties, name) ?? schema["additionalProperties"], item, {
      ...place,
      at: `${place.at}.${name}`,
    });
    if (found) return found;
  }
  return undefined;
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function texts(value: unknown): string[] {
  return list(value).filter((item) => typeof item === "string");
}
