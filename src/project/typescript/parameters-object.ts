// Makes one list of parameters of a schema that takes an object in one of several shapes, or of several parts.
import { isObject, type Json, type JsonObject } from "#lib/json.ts";
import { own, setOwn } from "#lib/own.ts";
import { partsOf } from "./object-schemas.ts";

/** `undefined` for what takes no object at all. */
export function asOneObject(schema: JsonObject, definitions: JsonObject, depth = 0): JsonObject | undefined {
  const { $ref, allOf, anyOf, oneOf = anyOf, type } = schema;
  if (depth > MOST_REFERENCES) return undefined;
  const inner = (part: Json) => (isObject(part) ? asOneObject(part, definitions, depth + 1) : undefined);
  if (typeof $ref === "string") return inner(definitions[$ref.split("/").at(-1) ?? ""] ?? null);
  if (isObject(schema["properties"]) || type === "object") return schema;
  if (Array.isArray(allOf)) return whole(present(allOf.map(inner)));
  if (Array.isArray(oneOf)) return either(present(oneOf.map(inner)));
  return undefined;
}

function present(parts: readonly (JsonObject | undefined)[]): JsonObject[] {
  return parts.filter((part) => part !== undefined);
}

const MOST_REFERENCES = 20;

function whole(parts: readonly JsonObject[]): JsonObject | undefined {
  const objects = parts.map(partsOf);
  const properties = Object.assign({}, ...objects.map((part) => part.properties));
  return parts.length === 0 ? undefined : made(parts, properties, new Set(objects.flatMap(({ required }) => required)));
}

/** What all need is needed; a parameter that differs is of one of its types. */
function either(branches: readonly JsonObject[]): JsonObject | undefined {
  const objects = branches.map(partsOf);
  const [first] = objects;
  const properties: JsonObject = {};
  for (const name of new Set(objects.flatMap((object) => Object.keys(object.properties)))) {
    const given = objects.flatMap((object) => own(object.properties, name) ?? []);
    const distinct = given.filter((one, index) => given.findIndex((other) => Bun.deepEquals(one, other)) === index);
    const [only = {}] = distinct;
    setOwn(properties, name, distinct.length > 1 ? { anyOf: distinct } : only);
  }
  const required = first?.required.filter((name) => objects.every((object) => object.required.includes(name)));
  return required && made(branches, properties, new Set(required));
}

/** Other parameters are taken where a part takes them. */
function made(parts: readonly JsonObject[], properties: JsonObject, required: ReadonlySet<string>): JsonObject {
  const open = parts.find(({ additionalProperties: others = false }) => others !== false);
  return {
    type: "object",
    properties,
    required: [...required],
    ...(open ? { additionalProperties: open["additionalProperties"] ?? {} } : {}),
  };
}
