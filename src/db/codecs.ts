// Between columns and wire values: JSON columns are parsed only when they hold something, booleans are 0 and 1.
import { type Json, type JsonObject, parseJson, UNLIMITED } from "#lib/json.ts";

/** The value of a JSON column, with the digits it was stored with. The two usual ones cost nothing. */
export function readJson<T extends Json | JsonObject | readonly unknown[]>(text: string): T {
  if (text === "{}") return {} as T; // the column's own CHECK says it is JSON; its table says of which shape
  if (text === "[]") return [] as unknown as T; // as above
  return parseJson(text, UNLIMITED) as T; // as above
}

/** The same of a column in which the API writes every number: no digits to look for. */
export function readOwnJson<T extends object>(text: string): T {
  return (text === "{}" || text === "[]" ? readJson(text) : JSON.parse(text)) as T; // as above
}

export function readJsonOrNull<T extends Json | JsonObject>(text: string | null): T | null {
  return text === null ? null : readJson<T>(text);
}

export function writeJson(value: unknown): string {
  return JSON.stringify(value);
}

export function writeJsonOrNull(value: unknown): string | null {
  return value === null || value === undefined ? null : JSON.stringify(value);
}

export function writeBool(value: boolean): number {
  return value ? 1 : 0;
}
