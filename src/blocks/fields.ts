// The kinds of fields that blocks have, as JSON schemas.
import type { JsonObject } from "#lib/json.ts";

export function text(title: string, more: JsonObject = {}): JsonObject {
  return { title, type: "string", ...more };
}

/** Shown as asterisks; such a field is also among the type's secrets. */
export function secretText(title: string, more: JsonObject = {}): JsonObject {
  return { title, ...more, type: "string", writeOnly: true, format: "password" };
}

export function flag(title: string, usual: boolean): JsonObject {
  return { title, default: usual, type: "boolean" };
}

export function integer(title: string, usual?: number): JsonObject {
  return { title, ...(usual === undefined ? {} : { default: usual }), type: "integer" };
}

export function choice(title: string, values: readonly [string, ...string[]], usual: string = values[0]): JsonObject {
  return { title, default: usual, enum: [...values], type: "string" };
}

export function texts(title: string): JsonObject {
  return { title, type: "array", items: { type: "string" } };
}

/** Names and values, both text. */
export function pairs(title: string): JsonObject {
  return { title, type: "object", additionalProperties: { type: "string" } };
}

export function object(title: string): JsonObject {
  return { title, type: "object" };
}

export function anyOf(title: string, ...types: JsonObject[]): JsonObject {
  return { title, anyOf: types };
}

/** The fields that every kind of infrastructure starts with. */
export function commonJobFields(type: string): JsonObject {
  return {
    type: choice("Type", [type]),
    env: pairs("Environment"),
    labels: pairs("Labels"),
    name: text("Name"),
    command: texts("Command"),
  };
}
