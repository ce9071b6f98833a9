// The fields of a block, which nobody checked when it was saved.
import { OrchError } from "#lib/errors.ts";
import { isObject, type JsonObject } from "#lib/json.ts";

/** Throws a sentence when it is missing. A number is taken for text. */
export function needed(block: JsonObject, field: string): string {
  const value = optional(block, field);
  if (value === undefined) throw new OrchError("invalid", `The block has no '${field}'.`);
  return value;
}

export function optional(block: JsonObject, field: string): string | undefined {
  const value = block[field];
  const text = typeof value === "number" ? String(value) : typeof value === "string" ? value.trim() : "";
  return text === "" ? undefined : text;
}

/** A single value stands for a list of one. */
export function listed(block: JsonObject, field: string): string[] {
  const value = block[field];
  const items = Array.isArray(value) ? value : [value];
  return items.flatMap((item) => (typeof item === "string" || typeof item === "number" ? String(item).trim() : []));
}

export function pairsIn(block: JsonObject, field: string): Record<string, string> {
  const value = block[field];
  if (!isObject(value)) return {};
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, String(inner)]));
}

/** One of the choices; the first when nothing else was chosen. */
export function chosen<const C extends string>(block: JsonObject, field: string, choices: readonly [C, ...C[]]): C {
  const value = optional(block, field);
  return choices.find((choice) => choice === value) ?? choices[0];
}
