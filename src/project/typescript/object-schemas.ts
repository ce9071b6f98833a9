// Schemas made of other schemas: objects, lists of values, unions; what a written value says of its type.
import { isObject, type Json, type JsonObject } from "#lib/json.ts";
import { setOwn } from "#lib/own.ts";

/** What an object schema is made of. */
export interface ObjectParts {
  properties: Record<string, JsonObject>;
  required: string[];
}

export function partsOf(schema: JsonObject): ObjectParts {
  const { properties, required } = schema;
  return {
    properties: (isObject(properties) ? properties : {}) as Record<string, JsonObject>, // JSON schema's own shape
    required: Array.isArray(required) ? required.map(String) : [],
  };
}

/** `further`: what the values of other keys are, where there may be such. */
export function objectOf({ properties, required }: ObjectParts, further: JsonObject = {}): JsonObject {
  return {
    type: "object",
    properties,
    ...(required.length > 0 ? { required } : {}),
    ...(Object.keys(further).length > 0 ? { additionalProperties: further } : {}),
  };
}

/** All fields of all of them; of two with one name the later. */
export function merged(schemas: readonly JsonObject[]): JsonObject {
  const parts = schemas.map(partsOf);
  const properties = Object.assign({}, ...parts.map((part) => part.properties));
  return objectOf({ properties, required: [...new Set(parts.flatMap((part) => part.required))] });
}

/** A field of an object: titled by its name, except where it refers to a definition, which has a title already. */
export function fieldOf(name: string, description: string, keywords: JsonObject): JsonObject {
  const title = "$ref" in keywords ? {} : { title: titleOf(name) };
  return { ...title, ...(description ? { description } : {}), ...keywords };
}

/** Its type too, where all values have the same. */
export function enumOf(values: readonly Json[]): JsonObject {
  const distinct = [...new Set(values)];
  const kinds = new Set(distinct.map((value) => (Number.isInteger(value) ? "integer" : typeof value)));
  const [kind] = kinds;
  const type = kinds.size === 1 && (kind === "string" || kind === "integer" || kind === "boolean") ? kind : undefined;
  const numbers = distinct.every((value) => typeof value === "number");
  return { enum: distinct, ...(type ? { type } : numbers ? { type: "number" } : {}) };
}

/** Any keys, with values of one kind. */
export function dictionaryOf(values: JsonObject = {}): JsonObject {
  return Object.keys(values).length > 0 ? { type: "object", additionalProperties: values } : { type: "object" };
}

/** `keys` are what its keys are. Keys of text make it an object, others a list of pairs. */
export function mapOf(keys: JsonObject, values: JsonObject): JsonObject {
  if (keys["type"] !== "string" || "format" in keys) {
    return { type: "array", format: "map", items: { type: "array", minItems: 2, maxItems: 2, items: [keys, values] } };
  }
  const names = Array.isArray(keys["enum"]) ? { propertyNames: { enum: keys["enum"] } } : {};
  return { ...dictionaryOf(values), format: "map", ...names };
}

/** `maxItems` to `Max Items`: the words of a field's name. */
export function titleOf(name: string): string {
  const words = name.replace(/([a-z0-9])([A-Z])/g, "$1 $2").split(/[_\s]+/);
  return words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join(" ");
}

/**
 * Without a type TypeScript takes that of the default. `undefined` where that is not simply seen: a list of objects has one
 * type for all of them.
 */
export function typeOfValue(value: Json): JsonObject | undefined {
  if (value === null) return undefined;
  if (Array.isArray(value)) {
    if (value.some((item) => typeof item === "object")) return undefined;
    return { type: "array", items: value.length > 0 ? unionOf(value.map((item) => ({ type: typeof item }))) : {} };
  }
  if (typeof value !== "object") return { type: typeof value };
  const properties: Record<string, JsonObject> = {};
  for (const [name, field] of Object.entries(value)) {
    const keywords = typeOfValue(field);
    if (!keywords) return undefined;
    setOwn(properties, name, fieldOf(name, "", keywords));
  }
  return Object.keys(properties).length > 0 ? objectOf({ properties, required: Object.keys(properties) }) : {};
}

/** A field that must not be there: `email?: never`. */
export const NEVER: JsonObject = { not: {} };

/** A value that may be null has it last in its `anyOf`, at any depth, beside literals too. `undefined` has no schema. */
export const NULL: JsonObject = { type: "null" };

/**
 * Literals are one `enum`, and none beside the whole type they belong to; `null` comes last. Anything beside anything else
 * is anything.
 */
export function unionOf(branches: readonly JsonObject[]): JsonObject {
  const flat = branches.flatMap((branch) =>
    Array.isArray(branch["anyOf"]) ? branch["anyOf"] : [branch],
  ) as JsonObject[]; // JSON schema's own shape
  if (flat.length === 0 || flat.some((schema) => Object.keys(schema).length === 0)) return {};
  const whole = new Set(flat.flatMap((schema) => (Object.keys(schema).length === 1 ? [schema["type"]] : [])));
  const values = flat.flatMap((schema) => valuesOf(schema) ?? []).filter((value) => !whole.has(typeof value));
  const joined: JsonObject[] = [];
  for (const schema of flat.filter((branch) => branch["type"] !== "null")) {
    const next = valuesOf(schema) ? literalsOf(values) : schema;
    if (next && !joined.some((other) => Bun.deepEquals(other, next))) joined.push(next);
  }
  if (whole.has("null")) joined.push(NULL);
  const [only] = joined;
  return only && joined.length === 1 ? only : { anyOf: joined };
}

/** Both values of a boolean are a boolean. */
function literalsOf(values: readonly Json[]): JsonObject | undefined {
  const booleans = new Set(values.filter((value) => typeof value === "boolean"));
  if (booleans.size < 2) return values.length > 0 ? enumOf(values) : undefined;
  const others = values.filter((value) => typeof value !== "boolean");
  return others.length > 0 ? enumOf([...others, true, false]) : { type: "boolean" };
}

function valuesOf({ enum: values }: JsonObject): Json[] | undefined {
  return Array.isArray(values) ? values : undefined;
}

/** The same type without null. */
export function withoutNull(schema: JsonObject): JsonObject {
  if (!Array.isArray(schema["anyOf"])) return schema["type"] === "null" ? {} : schema;
  return unionOf((schema["anyOf"] as JsonObject[]).filter((branch) => branch["type"] !== "null")); // as above
}
