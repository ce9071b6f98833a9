// Makes values that fit a JSON schema of our OpenAPI document, and says where in them something else can be put.
import type { Json, JsonObject } from "#lib/json.ts";
import type { JsonSchema } from "#server/http/openapi-schemas.ts";

/** Numbers from 0 up to `most`, without it. The same seed gives the same ones. */
export type Random = (most: number) => number;

export function seeded(seed: number): Random {
  let state = seed >>> 0;
  return (most) => {
    // mulberry32
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * most);
  };
}

export type Step = string | number;
/** Where a value is, and of which kind the schema wants it. */
export interface Place {
  path: Step[];
  kind: "list" | "text" | "number" | "truth" | "object" | "any";
}

export interface SchemaReader {
  /** A value that fits, with every property; ids are taken from `ids`. */
  fitting(schema: JsonSchema, ids: Ids): Json;
  /** Every place in such a value. */
  placesOf(schema: JsonSchema): Place[];
}

/** The id of a thing that is there, by the property that names it. */
export type Ids = (property: string) => string;

/** `components`: the schemas that others refer to. */
export function schemaReader(components: Record<string, JsonSchema>): SchemaReader {
  function resolved(schema: JsonSchema): JsonSchema {
    const reference = schema["$ref"];
    const found = typeof reference === "string" ? components[reference.split("/").at(-1) ?? ""] : undefined;
    if (found) return resolved(found);
    const [first] = (schema["anyOf"] ?? schema["oneOf"] ?? []) as JsonSchema[]; // schemas, as the document has them
    return first ? resolved(first) : schema;
  }

  const propertiesOf = (schema: JsonSchema) =>
    Object.entries((schema["properties"] ?? {}) as Record<string, JsonSchema>); // as above
  const itemOf = (schema: JsonSchema) => (schema["items"] ?? {}) as JsonSchema; // as above

  function fitting(given: JsonSchema, ids: Ids, property = "", levels = 6): Json {
    const schema = resolved(given);
    const { enum: values, type, format } = schema;
    if (Array.isArray(values)) return values[0] ?? null;
    if (levels === 0) return null;
    if (type === "array") return [fitting(itemOf(schema), ids, property, levels - 1)];
    if (type === "string" && format === "uuid") return ids(property);
    if (type === "string" && format === "date-time") return "2026-11-27T12:00:00.000000+00:00";
    if (type === "string" && format === "uri") return "https://example.com/x";
    if (type === "string") return "text";
    if (type === "integer" || type === "number") return Number(schema["minimum"] ?? 1);
    if (type === "boolean") return true;
    const object: JsonObject = {};
    for (const [key, inner] of propertiesOf(schema)) object[key] = fitting(inner, ids, key, levels - 1);
    return object;
  }

  function placesOf(given: JsonSchema, path: Step[] = []): Place[] {
    const schema = resolved(given);
    if (path.length > 5) return [];
    const { type } = schema;
    if (type === "array") return [{ path, kind: "list" }, ...placesOf(itemOf(schema), [...path, 0])];
    if (type === "string" || "enum" in schema) return [{ path, kind: "text" }];
    if (type === "integer" || type === "number") return [{ path, kind: "number" }];
    if (type === "boolean") return [{ path, kind: "truth" }];
    const properties = propertiesOf(schema);
    if (properties.length === 0) return [{ path, kind: "any" }];
    return [{ path, kind: "object" }, ...properties.flatMap(([key, inner]) => placesOf(inner, [...path, key]))];
  }

  return { fitting, placesOf };
}

/** A stand-in for the JSON text that is put at a place: it may be too long, or be no JSON. */
const MARK = "\u0001here\u0001";

/** The text of `value` with `text` at `path`. */
export function textWith(value: Json, path: readonly Step[], text: string): string {
  if (path.length === 0) return text;
  const copy = structuredClone(value);
  let at = copy as Record<Step, Json>; // an object or a list, as the path says
  for (const step of path.slice(0, -1)) at = at[step] as Record<Step, Json>; // as above
  at[path.at(-1) ?? ""] = MARK;
  const [before = "", after = ""] = JSON.stringify(copy).split(JSON.stringify(MARK));
  return before + text + after;
}
