// JSON as values: what columns, parameters and states hold. Reads numbers without changing them.
import { type JsonLimits, scanJson } from "./json-scan.ts";
import { MOST_LEVELS, MOST_TEXT_LEVELS } from "./limits.ts";

export { MOST_LEVELS } from "./limits.ts";

/**
 * A number of JSON text that a JavaScript number would change, kept by its digits: `9007199254740993`, `1E400`, `1.0`.
 * JSON.stringify writes the digits; `isObject` is false for it.
 */
export interface ExactNumber {
  readonly rawJSON: string;
}

export type Json = null | boolean | number | string | ExactNumber | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

declare global {
  /** Of ECMAScript 2026; the checker's own library does not have them yet. */
  interface JSON {
    rawJSON(text: string): ExactNumber;
    isRawJSON(value: unknown): value is ExactNumber;
    parse(text: string, reviver: (key: string, value: unknown, context: { source?: string }) => unknown): unknown;
  }
}

/** True for `{…}`: not null, not a list, not a number that is kept by its digits. An object of JSON holds JSON. */
export function isObject(value: Json | undefined): value is JsonObject;
export function isObject(value: unknown): value is Record<string, unknown>;
export function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !JSON.isRawJSON(value);
}

/** The object that a part of JSON should be; `{}` where it is none. */
export function objectOf(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {};
}

export function isExact(value: unknown): value is ExactNumber {
  return JSON.isRawJSON(value);
}

/**
 * The number that a JSON literal writes, or its digits where a number would be written otherwise. `1.0` is kept as well,
 * because Python tells it from `1`; `1.50` is not, because both are the same number everywhere.
 *
 * @example exactNumber("5") // 5
 * @example exactNumber("9007199254740993") // { rawJSON: "9007199254740993" }
 */
export function exactNumber(literal: string): number | ExactNumber {
  const number = Number(literal);
  const isSame = INTEGER.test(literal)
    ? Number.isSafeInteger(number) && !Object.is(number, -0)
    : Number.isFinite(number) && !INTEGER.test(String(number));
  return isSame ? number : JSON.rawJSON(literal);
}

const INTEGER = /^-?\d+$/;

/** A number as JSON that other languages read as the same number: JSON.stringify shortens integers beyond 2^53. */
export function writtenExactly(number: number): number | ExactNumber {
  if (Object.is(number, -0)) return JSON.rawJSON("-0.0");
  const isShortened = Number.isInteger(number) && !Number.isSafeInteger(number) && INTEGER.test(String(number));
  return isShortened ? JSON.rawJSON(String(BigInt(number))) : number;
}

/** What a program computes with: a number where it says the same, a bigint for integers beyond, `undefined` for `1E400`. */
export function numberOf(exact: ExactNumber): number | bigint | undefined {
  const number = Number(exact.rawJSON);
  if (INTEGER.test(exact.rawJSON) && !Number.isSafeInteger(number)) return BigInt(exact.rawJSON);
  return Number.isFinite(number) ? number : undefined;
}

/** The value for user code: integers beyond 2^53 as bigint, every other number as a number; `1E400` is Infinity there. */
export function withNumbers(value: Json): unknown {
  if (isExact(value)) return numberOf(value) ?? Number(value.rawJSON);
  if (Array.isArray(value)) return value.map(withNumbers);
  return isObject(value) ? objectWithNumbers(value) : value;
}

export function objectWithNumbers(object: JsonObject): Record<string, unknown> {
  return Object.fromEntries(Object.entries(object).map(([key, item]) => [key, withNumbers(item)]));
}

/** Text of a value: a number's digits, `true`, the text itself; JSON of lists and objects. `String` throws for digits. */
export function textOfJson(value: unknown): string {
  return typeof value === "object" && value !== null ? JSON.stringify(value) : String(value);
}

/**
 * JSON.parse that keeps by its digits what a number would change.
 *
 * @throws SyntaxError for text that is not JSON; JsonLimitError for text that is nested too deep or passes another limit.
 */
export function parseJson(text: string, most: JsonLimits = OF_ANY_TEXT): Json {
  return parseScanned(text, scanJson(text, most));
}

/** As `parseJson`, of text that `scanJson` has looked at; `changes` is what it gave. */
export function parseScanned(text: string, changes: boolean): Json {
  // A reader with a callback takes six times as long as one without.
  return changes ? parseWith(text, exactNumber) : (JSON.parse(text) as Json); // JSON.parse gives nothing but Json
}

const OF_ANY_TEXT: JsonLimits = { levels: MOST_TEXT_LEVELS, values: Number.POSITIVE_INFINITY };
/** What was checked before it was stored. */
export const UNLIMITED: JsonLimits = { levels: Number.POSITIVE_INFINITY, values: Number.POSITIVE_INFINITY };

/** False for text in which no number can change: JSON.parse reads it as `parseJson` does. */
export function mayChange(text: string): boolean {
  return scanJson(text, UNLIMITED);
}

/** Each number as `read` makes it of its literal. */
export function parseWith<T>(text: string, read: (literal: string) => T): Json | T {
  return JSON.parse(text, (_, value, { source }) =>
    typeof value === "number" && source !== undefined ? read(source) : value,
  ) as Json | T; // as above
}

/** The value of JSON text, as `parseJson` reads it, or `undefined` when the text is not JSON. */
export function tryParseJson(text: string): Json | undefined {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}

/** What structuredClone would make of it, with the digits of its numbers. */
export function copyJson<T extends Json>(value: T): T {
  return withoutSharing(value) as T; // the same shape
}

function withoutSharing(value: Json): Json {
  if (Array.isArray(value)) return value.map(withoutSharing);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withoutSharing(item)]));
}

export function isTooDeep(value: unknown, levels = MOST_LEVELS): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (levels === 0) return true;
  for (const item of Array.isArray(value) ? value : Object.values(value)) if (isTooDeep(item, levels - 1)) return true;
  return false;
}
