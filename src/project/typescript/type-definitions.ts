// Collects the named types that a schema refers to, flat, by their names: `#/definitions/Color`.
import { isObject, type Json, type JsonObject } from "#lib/json.ts";

export interface TypeDefinitions {
  /** By name. */
  all: JsonObject;
  /**
   * A reference to the type with this `key`, which is built on first use. It is noted before it is built, so that a
   * type may mention itself. Two types of one name stay two.
   */
  refer(key: object, name: string, build: () => JsonObject): JsonObject;
  /** The reference to a type that was met before. */
  known(key: object): JsonObject | undefined;
  /** The reference to a type that was referred to before it was known. */
  fill(key: object, schema: JsonObject): JsonObject;
  /** The same for an object: its fields in place of a reference to them. */
  inlined(schema: JsonObject): JsonObject;
}

export function createTypeDefinitions(): TypeDefinitions {
  const all: JsonObject = {};
  const names = new Map<object, string>();
  const known = (key: object) => {
    const name = names.get(key);
    return name === undefined ? undefined : { $ref: `#/definitions/${name}` };
  };
  return {
    all,
    known,
    refer(key, name, build) {
      const before = known(key);
      if (before) return before;
      let free = name;
      for (let count = 2; free in all; count++) free = `${name}${count}`;
      names.set(key, free);
      all[free] = {};
      all[free] = build();
      return { $ref: `#/definitions/${free}` };
    },
    fill(key, schema) {
      all[names.get(key) ?? ""] = schema;
      return known(key) ?? {};
    },
    inlined(schema) {
      const target = all[referenceIn(schema) ?? ""];
      const { title: _, description: __, ...rest } = (target as JsonObject | undefined) ?? schema; // definitions are objects
      return rest;
    },
  };
}

const REFERENCE = /^#\/definitions\/(.*)$/;

function referenceIn(schema: JsonObject): string | undefined {
  return typeof schema["$ref"] === "string" ? REFERENCE.exec(schema["$ref"])?.[1] : undefined;
}

/** The definitions that something refers to, in the order in which they were met. */
export function usedDefinitions(root: Json, definitions: JsonObject): JsonObject {
  const used = new Set<string>();
  const visit = (value: Json | undefined): void => {
    if (Array.isArray(value)) value.forEach(visit);
    if (!isObject(value)) return;
    const name = referenceIn(value);
    if (name !== undefined && !used.has(name)) {
      used.add(name);
      visit(definitions[name]);
    }
    Object.values(value).forEach(visit);
  };
  visit(root);
  return Object.fromEntries(Object.entries(definitions).filter(([name]) => used.has(name)));
}
