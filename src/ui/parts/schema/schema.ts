// Reads JSON schemas as forms need them: references followed, what a field is, and its default value.
import { isExact, isObject, type Json, type JsonObject } from "#lib/json.ts";
import { own } from "#lib/own.ts";

export type Schema = JsonObject;

export type Kind = "text" | "secret" | "number" | "boolean" | "choice" | "list" | "object" | "variants" | "json";

/**
 * Follows `$ref` into the root's definitions, joins what `allOf` lists, and writes a `const` as a choice of one; a list of types,
 * and `nullable`, as `anyOf`. What the place itself says wins. References that lead back to themselves say nothing.
 */
export function resolved(schema: Schema, root: Schema, followed: readonly string[] = []): Schema {
  const { $ref, ...place } = schema;
  const { allOf, anyOf, oneOf, ...here } = place;
  const listed = Array.isArray(allOf) ? allOf : [];
  if (typeof $ref === "string" && $ref.startsWith("#")) {
    // Fields of the place are added to those of the definition.
    if (listed.length > 0 || isObject(here["properties"])) {
      return resolved({ ...place, allOf: [{ $ref }, ...listed] }, root, followed);
    }
    const found = followed.includes($ref) ? undefined : namedBy($ref, root);
    return found ? resolved({ ...found, ...place }, root, [...followed, $ref]) : here;
  }
  const parts = listed.filter(isObject).map((part) => resolved(part as Schema, root, followed));
  const { allOf: _, ...rest } = place;
  const isOfObjects = [...parts, ...(isObject(here["properties"]) ? [here] : [])].every(hasFields);
  if (parts.length > 0 && (isOfObjects || (parts.length === 1 && !isObject(here["properties"])))) {
    return withPlainType(joined([...parts, rest]));
  }
  const union = anyOf ?? oneOf;
  if (Array.isArray(union) && union.length === 1 && isObject(union[0])) {
    return joined([resolved(union[0] as Schema, root, followed), here]);
  }
  return withPlainType(schema);
}

function hasFields({ properties }: Schema): boolean {
  return isObject(properties);
}

function withPlainType(schema: Schema): Schema {
  const { const: only, type, nullable, anyOf, oneOf, ...others } = schema;
  const { enum: listed } = others;
  const choices = Array.isArray(listed) ? listed : only === undefined ? undefined : [only];
  if (choices) {
    const isNullable = nullable === true && !choices.includes(null);
    return Array.isArray(listed) && !isNullable
      ? schema
      : { ...schema, enum: isNullable ? [...choices, null] : choices };
  }
  const union = anyOf ?? oneOf;
  if (nullable === true && Array.isArray(union)) return { ...others, anyOf: [...union, { type: "null" }] };
  const types = nullable === true && typeof type === "string" && type !== "null" ? [type, "null"] : type;
  if (!Array.isArray(types)) return schema;
  const { title: _, description: __, default: ___, ...each } = others;
  return { ...others, anyOf: types.map((one) => ({ ...each, type: one })) };
}

/** `#/definitions/a~1b` is the definition `a/b`, `#` the root itself. Some signs may be written as in an address: `%5B`. */
function namedBy($ref: string, root: Schema): Schema | undefined {
  let found: unknown = root;
  for (const part of $ref.slice(1).split("/").slice(1)) {
    const name = part.replaceAll("~1", "/").replaceAll("~0", "~");
    found = isObject(found) ? (own(found, name) ?? own(found, unescaped(name))) : undefined;
  }
  return isObject(found) ? (found as Schema) : undefined; // schemas hold schemas
}

function unescaped(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

/** What the last says wins; fields, and what is required, are those of all. */
export function joined(parts: readonly Schema[]): Schema {
  const fields = parts.flatMap(({ properties }) =>
    isObject(properties) ? Object.entries(properties as JsonObject) : [],
  );
  const required = parts.flatMap(requiredOf);
  return {
    ...Object.fromEntries(parts.flatMap((part) => Object.entries(part))),
    ...(parts.some(hasFields) ? { properties: Object.fromEntries(fields) } : {}),
    ...(required.length > 0 ? { required: [...new Set(required)] } : {}),
  };
}

function requiredOf({ required }: Schema): Json[] {
  return Array.isArray(required) ? required : [];
}

export function kindOf(schema: Schema): Kind {
  if (Array.isArray(schema["enum"])) return "choice";
  if (unionOf(schema).length > 1) return "variants";
  const { type, format, writeOnly, items, prefixItems, properties } = schema;
  if (type === "null") return "json";
  if (type === "string") return writeOnly === true || format === "password" ? "secret" : "text";
  if (type === "integer" || type === "number") return "number";
  if (type === "boolean") return "boolean";
  if (type === "array" && isObject(items) && prefixItems === undefined) return "list"; // else each place has its own kind
  if (isObject(properties)) return "object";
  return "json";
}

/** The fields of an object in the order of their `position`, as Prefect's signatures number them. */
export function fieldsOf(schema: Schema, root: Schema): { name: string; schema: Schema; isRequired: boolean }[] {
  const { properties } = schema;
  if (!isObject(properties)) return [];
  const needed = new Set(requiredOf(schema));
  return Object.entries(properties)
    .map(([name, field]) => [name, field === true ? {} : field] as const) // anything may be there
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

/** Without those that lead back to the whole: they say nothing. */
export function variantsOf(schema: Schema, root: Schema): Schema[] {
  const union = unionOf(schema);
  return variantsIn(union, root).filter((variant) => !leadsBack(variant, root, [union]));
}

function unionOf({ anyOf, oneOf }: Schema): readonly Json[] {
  const union = anyOf ?? oneOf;
  return Array.isArray(union) ? union : [];
}

function variantsIn(union: readonly Json[], root: Schema): Schema[] {
  return union.filter(isObject).map((variant) => resolved(variant as Schema, root)); // schemas hold schemas
}

/** Unions in unions in unions: more have no end. */
const MOST_UNIONS = 12;

function leadsBack(variant: Schema, root: Schema, unions: readonly (readonly Json[])[]): boolean {
  const union = unionOf(variant);
  if (union.length === 0) return false;
  if (unions.includes(union) || unions.length > MOST_UNIONS) return true;
  return variantsIn(union, root).some((each) => leadsBack(each, root, [...unions, union]));
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
