// Reads the fields of a block, which were not checked when it was saved.
import { OrchError } from "#lib/errors.ts";
import { isExact, isObject, type JsonObject, textOfJson, tryParseJson } from "#lib/json.ts";

/** Throws a sentence when it is missing. A number is taken for text. */
export function needed(block: JsonObject, field: string): string {
  const value = optional(block, field);
  if (value === undefined) throw new OrchError("invalid", `The block has no '${field}'.`);
  return value;
}

export function optional(block: JsonObject, field: string): string | undefined {
  const value = block[field];
  const isNumber = typeof value === "number" || isExact(value);
  const text = isNumber ? textOfJson(value) : typeof value === "string" ? value.trim() : "";
  return text === "" ? undefined : text;
}

/** A list, or what the old web pages make of one: a text with its items between commas, or the list as JSON. */
export function listed(block: JsonObject, field: string): string[] {
  const value = block[field] ?? null;
  const isJson = typeof value === "string" && value.trim().startsWith("[");
  const given = (isJson ? tryParseJson(value) : undefined) ?? value;
  const items = Array.isArray(given) ? given : [given];
  const texts = items.filter((item) => typeof item === "string" || typeof item === "number" || isExact(item));
  return texts.flatMap((item) => textOfJson(item).split(",")).flatMap((item) => item.trim() || []);
}

export function pairsIn(block: JsonObject, field: string): Record<string, string> {
  const value = block[field];
  if (!isObject(value)) return {};
  // JSON holds JSON.
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, textOfJson(inner)]));
}

/** One of the choices; the first when nothing else was chosen. */
export function chosen<const C extends string>(block: JsonObject, field: string, choices: readonly [C, ...C[]]): C {
  const value = optional(block, field);
  return choices.find((choice) => choice === value) ?? choices[0];
}
