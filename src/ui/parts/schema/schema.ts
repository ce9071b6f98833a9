// Reads JSON schemas as forms need them: references followed, what a field is, and its default value.
import { isExact, isObject, type Json, type JsonObject } from "#lib/json.ts";
import { own } from "#lib/own.ts";

export type Schema = JsonObject;

export type Kind = "text" | "secret" | "number" | "boolean" | "choice" | "list" | "object" | "variants" | "json";

/**
 * Follows `$ref` into the root's definitions, joins what `allOf` lists, and writes a `const` as a choice of one and a list of
 * types as `anyOf`. What the place itself says wins. References that lead back to themselves say nothing.
 */
export function resolved(schema: Schema, root: Schema, followed: readonly string[] = []): Schema {
  const { $ref, allOf, anyOf, ...here } = schema;
  if (typeof $ref === "string" && $ref.startsWith("#/")) {
    const found = followed.includes($ref) ? undefined : namedBy($ref, root);
    return found ? resolved({ ...found, ...here }, root, [...followed, $ref]) : here;
  }
  const parts = (Array.isArray(allOf) ? allOf : [])
    .filter(isObject)
    .map((part) => resolved(part as Schema, root, followed));
  if (parts.length > 0 && (parts.length === 1 || parts.every(({ properties }) => isObject(properties)))) {
    return { ...joined(parts), ...here };
  }
  if (Array.isArray(anyOf) && anyOf.length === 1 && isObject(anyOf[0])) {
    return { ...resolved(anyOf[0] as Schema, root, followed), ...here };
  }
  return withPlainType(schema);
}

function withPlainType(schema: Schema): Schema {
  const { const: only, type, ...others } = schema;
  if (others["enum"] !== undefined) return schema;
  if (only !== undefined) return { ...schema, enum: [only] };
  if (!Array.isArray(type)) return schema;
  const { title: _, description: __, default: ___, ...each } = others;
  return { ...others, anyOf: type.map((one) => ({ ...each, type: one })) };
}

/** `#/definitions/a~1b` is the definition `a/b`. */
function namedBy($ref: string, root: Schema): Schema | undefined {
  let found: unknown = root;
  for (const part of $ref.slice(2).split("/")) {
    const name = part.replaceAll("~1", "/").replaceAll("~0", "~");
    found = isObject(found) ? own(found, name) : undefined;
  }
  return isObject(found) ? (found as Schema) : undefined; // schemas hold schemas
}

function joined(parts: readonly Schema[]): Schema {
  const entriesOf = ({ properties }: Schema) => (isObject(properties) ? Object.entries(properties as JsonObject) : []);
  const fields = Object.fromEntries(parts.flatMap(entriesOf));
  const whole = parts.length === 1 ? {} : { properties: fields, required: parts.flatMap(requiredOf) };
  return { ...Object.fromEntries(parts.flatMap((part) => Object.entries(part))), ...whole };
}

function requiredOf({ required }: Schema): Json[] {
  return Array.isArray(required) ? required : [];
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
  const { properties } = schema;
  if (!isObject(properties)) return [];
  const needed = new Set(requiredOf(schema));
  return Object.entries(properties)
    .filter((entry): entry is [string, Schema] => isObject(entry[1]))
    .map(([name, field]) => ({ name, schema: namedHere(field, root), isRequired: needed.has(name) }))
    .toSorted((one, other) => positionOf(one.schema) - positionOf(other.schema));
}

/** The title of a definition says what it is, not which field: two fields may be of one. */
function namedHere(field: Schema, root: Schema): Schema {
  const { title: _, ...found } = resolved(field, root);
  return field["title"] === undefined ? found : { ...found, title: field["title"] };
}

function positionOf({ position }: Schema): number {
  return typeof position === "number" ? position : Number.MAX_SAFE_INTEGER;
}

export function variantsOf(schema: Schema, root: Schema): Schema[] {
  const variants = schema["anyOf"] ?? schema["oneOf"];
  return Array.isArray(variants) ? variants.filter(isObject).map((variant) => resolved(variant as Schema, root)) : [];
}

/** The variant that a value fits best; the first when it is of none. */
export function variantFor(value: Json | undefined, variants: readonly Schema[], root: Schema): number {
  if (value === undefined) return 0;
  const fits = variants.map((variant) => fitOf(value, variant, root));
  return Math.max(0, fits.indexOf(Math.max(...fits)));
}

/** Below 0: not of this schema. Of two objects the one whose fixed words and required fields are there fits better. */
export function fitOf(value: Json, schema: Schema, root: Schema): number {
  if (!isOfType(value, schema)) return -1;
  const { items } = schema;
  if (Array.isArray(value)) {
    const [first] = value;
    return first === undefined || !isObject(items) ? 1 : fitOf(first, resolved(items as Schema, root), root) + 1;
  }
  if (!isObject(value)) return 1;
  const object = value as JsonObject;
  if (requiredOf(schema).some((name) => typeof name === "string" && !Object.hasOwn(object, name))) return 0;
  const known = fieldsOf(schema, root).filter(({ name }) => Object.hasOwn(object, name));
  const isOther = known.some(({ name, schema: field }) => !isOfType(object[name] ?? null, field));
  return isOther ? 0 : 1 + known.length;
}

function isOfType(value: Json, schema: Schema): boolean {
  const { type, enum: choices, properties } = schema;
  if (Array.isArray(choices)) return choices.some((choice) => isSame(choice, value));
  if (kindOf(schema) === "variants") return true; // a union inside a union: its variants are not compared here
  if (type === "null") return value === null;
  if (type === "integer") return isExact(value) ? /^-?\d+$/.test(value.rawJSON) : Number.isInteger(value);
  if (type === "number") return isExact(value) || typeof value === "number";
  if (type === "array") return Array.isArray(value);
  if (type === "object" || isObject(properties)) return isObject(value);
  return typeof type !== "string" || typeof value === type;
}

/** How a field is drawn: as its schema says, but as JSON where it holds something else, so that the reader sees that. */
export function drawnKind(schema: Schema, value: Json | undefined): Kind {
  const kind = kindOf(schema);
  if (value === undefined || value === null) return kind;
  const isStrange =
    (kind === "list" && !Array.isArray(value)) ||
    (kind === "object" && !isObject(value)) ||
    (kind === "boolean" && typeof value !== "boolean") ||
    ((kind === "text" || kind === "secret") && typeof value !== "string");
  return isStrange ? "json" : kind;
}

export function titleOf(schema: Schema, name: string): string {
  const { title, type } = schema;
  if (typeof title === "string") return title;
  return name !== "" ? name : typeof type === "string" ? type : "value";
}

/** What a new item or a chosen variant begins with. */
export function emptyOf(schema: Schema, root: Schema): Json {
  if (schema["default"] !== undefined) return schema["default"] as Json;
  const kind = kindOf(schema);
  if (kind === "text" || kind === "secret") return "";
  if (kind === "number") return 0;
  if (kind === "boolean") return false;
  if (kind === "list") return [];
  if (kind === "object") return {};
  if (kind === "choice") return (schema["enum"] as Json[])[0] ?? null;
  if (kind === "variants") return emptyOf(variantsOf(schema, root)[0] ?? {}, root);
  return null;
}

export function isSame(one: unknown, other: unknown): boolean {
  return one === other || JSON.stringify(one) === JSON.stringify(other);
}
