// Schemas made from other schemas: objects merged, cut down, made optional; the values of a union as an enum.
import { isObject, type Json, type JsonObject } from "#lib/json.ts";

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

export function objectOf({ properties, required }: ObjectParts): JsonObject {
  return { type: "object", properties, ...(required.length > 0 ? { required } : {}) };
}

/** All fields of all of them; of two with one name the later. */
export function merged(schemas: readonly JsonObject[]): JsonObject {
  const parts = schemas.map(partsOf);
  const properties = Object.assign({}, ...parts.map((part) => part.properties));
  return objectOf({ properties, required: [...new Set(parts.flatMap((part) => part.required))] });
}

/** `Partial<…>`, `Required<…>`, `Readonly<…>`, `Pick<…, names>` and `Omit<…, names>`. */
export function mapped(kind: string, schema: JsonObject, names: readonly string[]): JsonObject {
  const { properties, required } = partsOf(schema);
  const keeps = (name: string) =>
    kind === "Pick" ? names.includes(name) : kind === "Omit" ? !names.includes(name) : true;
  const kept = Object.fromEntries(Object.entries(properties).filter(([name]) => keeps(name)));
  if (kind === "Partial") return objectOf({ properties: kept, required: [] });
  if (kind === "Required") return objectOf({ properties: kept, required: Object.keys(kept) });
  return objectOf({ properties: kept, required: required.filter(keeps) });
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

/** One value; anything, where it is not known. */
export function literalOf(value: Json | undefined): JsonObject {
  return value === undefined ? {} : enumOf([value]);
}

/** Any keys, with values of one kind. */
export function dictionaryOf(values: JsonObject = {}): JsonObject {
  return Object.keys(values).length > 0 ? { type: "object", additionalProperties: values } : { type: "object" };
}

/** `maxItems` to `Max Items`: the words of a field's name. */
export function titleOf(name: string): string {
  const words = name.replace(/([a-z0-9])([A-Z])/g, "$1 $2").split(/[_\s]+/);
  return words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join(" ");
}

const DEFINITION = /^#\/definitions\/(.*)$/;

/** The name of the definition that a schema refers to. */
export function referenceIn(schema: JsonObject): string | undefined {
  return typeof schema["$ref"] === "string" ? DEFINITION.exec(schema["$ref"])?.[1] : undefined;
}

/** The definitions that something refers to, in the order in which they were met. */
export function usedDefinitions(root: Json, definitions: JsonObject): JsonObject {
  const used = new Set<string>();
  const visit = (value: Json | undefined): void => {
    if (Array.isArray(value)) value.forEach(visit);
    if (!isObject(value)) return;
    const name = referenceIn(value as JsonObject); // JSON holds JSON
    if (name !== undefined && !used.has(name)) {
      used.add(name);
      visit(definitions[name]);
    }
    Object.values(value as JsonObject).forEach(visit); // as above
  };
  visit(root);
  return Object.fromEntries(Object.entries(definitions).filter(([name]) => used.has(name)));
}
