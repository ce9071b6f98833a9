// Reads JSON schemas as forms need them: references followed, what a field is, and what it holds unless somebody says otherwise.
import { isObject, type Json, type JsonObject } from "#lib/json.ts";

export type Schema = JsonObject;

export type Kind = "text" | "secret" | "number" | "boolean" | "choice" | "list" | "object" | "variants" | "json";

/** Follows `$ref` into the root's definitions, and an `allOf` of one. What the place itself says wins. */
export function resolved(schema: Schema, root: Schema): Schema {
  const { $ref, allOf, ...own } = schema;
  if (typeof $ref === "string" && $ref.startsWith("#/")) {
    let found: unknown = root;
    for (const part of $ref.slice(2).split("/")) found = isObject(found) ? found[part] : undefined;
    return isObject(found) && found !== schema ? { ...resolved(found as Schema, root), ...own } : own;
  }
  if (Array.isArray(allOf) && allOf.length === 1 && isObject(allOf[0])) {
    return { ...resolved(allOf[0] as Schema, root), ...own };
  }
  return schema;
}

export function kindOf(schema: Schema): Kind {
  if (Array.isArray(schema["enum"])) return "choice";
  const variants = schema["anyOf"] ?? schema["oneOf"];
  if (Array.isArray(variants) && variants.length > 1) return "variants";
  const { type, format, writeOnly, items, properties } = schema;
  if (type === "string") return writeOnly === true || format === "password" ? "secret" : "text";
  if (type === "integer" || type === "number") return "number";
  if (type === "boolean") return "boolean";
  if (type === "array" && isObject(items)) return "list";
  if (isObject(properties)) return "object";
  return "json";
}

/** The fields of an object in the order of their `position`, as Prefect's signatures number them. */
export function fieldsOf(schema: Schema, root: Schema): { name: string; schema: Schema; isRequired: boolean }[] {
  const { properties, required } = schema;
  if (!isObject(properties)) return [];
  const needed = new Set(Array.isArray(required) ? required : []);
  return Object.entries(properties)
    .filter((entry): entry is [string, Schema] => isObject(entry[1]))
    .map(([name, field]) => ({ name, schema: resolved(field, root), isRequired: needed.has(name) }))
    .toSorted((one, other) => positionOf(one.schema) - positionOf(other.schema));
}

function positionOf({ position }: Schema): number {
  return typeof position === "number" ? position : Number.MAX_SAFE_INTEGER;
}

export function variantsOf(schema: Schema, root: Schema): Schema[] {
  const variants = schema["anyOf"] ?? schema["oneOf"];
  return Array.isArray(variants) ? variants.filter(isObject).map((variant) => resolved(variant as Schema, root)) : [];
}

/** The variant that a value is of; the first when it is of none. */
export function variantFor(value: Json | undefined, variants: readonly Schema[]): number {
  if (value === undefined) return 0;
  const at = variants.findIndex((variant) => isOfType(value, variant));
  return Math.max(0, at);
}

function isOfType(value: Json, { type, enum: choices, properties }: Schema): boolean {
  if (Array.isArray(choices)) return choices.some((choice) => isSame(choice, value));
  if (type === "null") return value === null;
  if (type === "integer") return typeof value === "number" && Number.isInteger(value);
  if (type === "array") return Array.isArray(value);
  if (type === "object" || isObject(properties)) return isObject(value);
  return type === undefined || typeof value === type;
}

export function titleOf(schema: Schema, name: string): string {
  const { title, type } = schema;
  if (typeof title === "string") return title;
  return name !== "" ? name : typeof type === "string" ? type : "value";
}

/** What a new item or a chosen variant begins with. */
export function emptyOf(schema: Schema): Json {
  if (schema["default"] !== undefined) return schema["default"] as Json;
  const kind = kindOf(schema);
  if (kind === "text" || kind === "secret") return "";
  if (kind === "number") return 0;
  if (kind === "boolean") return false;
  if (kind === "list") return [];
  if (kind === "object") return {};
  if (kind === "choice") return (schema["enum"] as Json[])[0] ?? null;
  return null;
}

export function isSame(one: unknown, other: unknown): boolean {
  return one === other || JSON.stringify(one) === JSON.stringify(other);
}
