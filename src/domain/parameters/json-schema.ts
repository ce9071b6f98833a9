// Reads the JSON schema of one value: follows references and lists the types that the value may have.
import { isObject, type Json, type JsonObject, objectOf } from "#lib/json.ts";
import { MOST_SCHEMA_STEPS } from "#lib/limits.ts";
import { own } from "#lib/own.ts";

/** References that lead nowhere but to each other are given up. */
const MOST_REFERENCES = 50;

/** What may still be looked at: branches multiply where schemas name each other twice. Beyond, a schema permits everything. */
interface Steps {
  left: number;
}

/**
 * Every type that a schema permits, one schema each: the branches of `anyOf` and `oneOf`, the words of a `type` list,
 * and `{type: "null"}` for `nullable`. `definitions` is what `$ref` points into.
 *
 * @example branchesOf({ type: ["string", "null"] }, {}) // [{ type: "string" }, { type: "null" }]
 */
export function branchesOf(schema: JsonObject, definitions: JsonObject): readonly JsonObject[] {
  return isOneType(schema) ? [schema] : branches(schema, definitions, 0, { left: MOST_SCHEMA_STEPS });
}

function branches(
  schema: JsonObject,
  definitions: JsonObject,
  references: number,
  steps: Steps,
): readonly JsonObject[] {
  if (isOneType(schema)) return [schema];
  if (steps.left <= 0) return [{}];
  const { anyOf, oneOf, nullable, ...rest } = resolved(schema, definitions, 0, steps);
  const choices = Array.isArray(anyOf) ? anyOf : oneOf;
  const found =
    Array.isArray(choices) && references < MOST_REFERENCES
      ? choices.flatMap((choice) =>
          branches(isObject(choice) ? { ...rest, ...choice } : {}, definitions, references + 1, steps),
        )
      : typesOf(rest);
  return nullable === true ? [...found, { type: "null" }] : found;
}

/** Most schemas: nothing is copied for them. */
function isOneType({ $ref, allOf, anyOf, oneOf, nullable, type }: JsonObject): boolean {
  return (
    ($ref ?? allOf ?? anyOf ?? oneOf) === undefined &&
    nullable !== true &&
    (type === undefined || typeof type === "string")
  );
}

function typesOf(schema: JsonObject): JsonObject[] {
  const { type } = schema;
  return Array.isArray(type) ? type.map((one) => ({ ...schema, type: one })) : [schema];
}

/** The schema with what its `$ref` and `allOf` say of it. */
function resolved(schema: JsonObject, definitions: JsonObject, references: number, steps: Steps): JsonObject {
  const { $ref, allOf, ...rest } = schema;
  steps.left -= 1;
  if (references >= MOST_REFERENCES || steps.left <= 0) return rest;
  const target = typeof $ref === "string" ? own(definitions, $ref.split("/").at(-1) ?? "") : undefined;
  const parts = [target, ...(Array.isArray(allOf) ? allOf : [])].filter((part) => isObject(part));
  if (parts.length === 0) return rest;
  return parts.map((part) => resolved(part, definitions, references + 1, steps)).reduce(both, rest);
}

/** A value has to fit both. The first one's words about itself, such as its title, count. */
function both(one: JsonObject, other: JsonObject): JsonObject {
  const merged: JsonObject = { ...other, ...one };
  if (isObject(one["properties"]) && isObject(other["properties"]))
    merged["properties"] = { ...other["properties"], ...one["properties"] };
  const required = [...textsOf(one["required"]), ...textsOf(other["required"])];
  if (required.length > 0) merged["required"] = required;
  return merged;
}

export function textsOf(value: Json | undefined): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}

/** What a list of one of the types may hold at `index`. */
export function itemSchema(branches: readonly JsonObject[], index: number): JsonObject {
  return eitherOf(branches, (branch) => {
    const { type, items, additionalItems } = branch;
    if (type !== "array") return undefined;
    return Array.isArray(items) ? (items[index] ?? additionalItems) : items;
  });
}

/** What an object of one of the types may hold under `key`. */
export function keySchema(branches: readonly JsonObject[], key: string): JsonObject {
  return eitherOf(branches, ({ properties, additionalProperties }) =>
    isObject(properties) && Object.hasOwn(properties, key) ? properties[key] : additionalProperties,
  );
}

function eitherOf(branches: readonly JsonObject[], inner: (branch: JsonObject) => Json | undefined): JsonObject {
  if (branches.length === 1) return objectOf(inner(branches[0] ?? {}));
  const known = branches.map(inner).filter((part) => isObject(part));
  return known.length > 1 ? { anyOf: known } : (known[0] ?? {});
}
