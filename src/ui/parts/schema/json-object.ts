// Reads a JSON object that was typed, with numbers of any length.
import { isObject, type JsonObject, parseJson } from "#lib/json.ts";

/** `undefined` for what is no JSON object. */
export function jsonObjectOf(text: string): JsonObject | undefined {
  try {
    const value = parseJson(text);
    return isObject(value) ? (value as JsonObject) : undefined; // as it was parsed
  } catch {
    return undefined;
  }
}
