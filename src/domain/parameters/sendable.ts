// Turns a value of user code into the JSON that its schema reads back, or refuses it: nothing is lost on the way.

import { OrchError } from "#lib/errors.ts";
import {
  exactNumber,
  isExact,
  isObject,
  type Json,
  type JsonObject,
  MOST_LEVELS,
  objectOf,
  writtenExactly,
} from "#lib/json.ts";
import { branchesOf, itemSchema, keySchema } from "./json-schema.ts";

/**
 * The parameters of a run as they travel. What is `undefined` is left out, so that the flow's own default applies.
 * Without a schema a Map becomes an object, or pairs where its keys are no text; bytes become base64 text.
 * Throws `invalid` with a sentence that names the parameter for what has no JSON: functions, NaN, circles.
 *
 * @example sendableParameters({ m: new Map([["a", 1]]), b: 10n }, null) // { m: { a: 1 }, b: 10 }
 */
export function sendableParameters(parameters: Record<string, unknown>, schema: JsonObject | null): JsonObject {
  const { properties, definitions } = schema ?? {};
  const given = Object.entries(parameters).filter(([, value]) => value !== undefined);
  const own = (name: string) => (isObject(properties) && Object.hasOwn(properties, name) ? properties[name] : {});
  return Object.fromEntries(
    given.map(([name, value]) => {
      const place = { what: "Parameter", path: [name], above: [], definitions: objectOf(definitions) };
      return [name, sendable(value, objectOf(own(name)), place)];
    }),
  );
}

/** One value without a schema, as above. `what` and `name` are for the sentence: Field 'limit'. */
export function sendableValue(value: unknown, what: string, name: string): Json {
  return sendable(value ?? null, {}, { what, path: [name], above: [], definitions: {} });
}

/** For people to look at: what has no JSON is shown as the console shows it. */
export function shownAsJson(value: unknown): Json {
  try {
    return sendableValue(value, "Value", "");
  } catch {
    return Bun.inspect(value);
  }
}

/** Where the walk through a value is: one for the whole walk, as large tables have millions of values. */
interface Place {
  /** What it is the value of: a parameter, a field. */
  what: string;
  /** Names and positions that lead to the value. */
  path: string[];
  /** The objects that it is in. */
  above: object[];
  definitions: JsonObject;
}

function refusal({ what, path }: Place, why: string): OrchError {
  return new OrchError("invalid", `${what} '${path.join(".")}' cannot be sent: ${why}.`);
}

function sendable(value: unknown, schema: JsonObject, place: Place): Json {
  if (value === null || typeof value === "boolean" || typeof value === "string") return value;
  if (typeof value === "bigint") return exactNumber(String(value));
  if (typeof value === "number") {
    if (Number.isFinite(value)) return writtenExactly(value);
    throw refusal(place, `it is ${value}, which JSON has no number for`);
  }
  if (typeof value !== "object") throw refusal(place, `it is ${withArticle(typeof value)}`);
  if (isExact(value)) return value;
  if (place.above.includes(value)) throw refusal(place, "it holds itself");
  if (place.above.length >= MOST_LEVELS) throw refusal(place, `it is nested deeper than ${MOST_LEVELS} levels`);
  place.above.push(value);
  const sent = objectSent(value, branchesOf(schema, place.definitions), place);
  place.above.pop();
  return sent;
}

function objectSent(value: object, branches: readonly JsonObject[], place: Place): Json {
  if (Array.isArray(value)) return listOf(value, branches, place);
  if (value instanceof Set) return listOf([...value], branches, place);
  if (value instanceof Map) return mapOf(value, branches, place);
  const bytes = bytesOf(value);
  if (bytes) return takesOnlyLists(branches) ? [...bytes] : bytes.toString("base64");
  if (ArrayBuffer.isView(value)) return listOf([...(value as Float64Array)], branches, place); // a list of numbers, of whichever width
  return objectLike(value, branches, place);
}

/** The value under a name or at a position of the one around it. A refusal leaves the path as it is there. */
function sentAt(key: string | number, value: unknown, schema: JsonObject, place: Place): Json {
  place.path.push(String(key));
  if (value === undefined) throw refusal(place, "it is undefined, which a list has no JSON for");
  const sent = sendable(value, schema, place);
  place.path.pop();
  return sent;
}

function listOf(items: readonly unknown[], branches: readonly JsonObject[], place: Place): Json[] {
  // Not `map`, which passes over the holes of a list.
  return Array.from(items, (item, index) => sentAt(index, item, itemSchema(branches, index), place));
}

function mapOf(map: ReadonlyMap<unknown, unknown>, branches: readonly JsonObject[], place: Place): Json {
  const hasTextKeys = [...map.keys()].every((key) => typeof key === "string");
  const takesPairs = branches.some(({ type }) => type === "array");
  const takesObject = branches.some(({ type }) => type === undefined || type === "object");
  if (!hasTextKeys || (takesPairs && !takesObject)) return listOf([...map], branches, place);
  return entriesOf([...map] as [string, unknown][], branches, place); // just seen to be text
}

function entriesOf(entries: readonly [string, unknown][], branches: readonly JsonObject[], place: Place): JsonObject {
  const there = entries.filter(([, item]) => item !== undefined);
  return Object.fromEntries(there.map(([key, item]) => [key, sentAt(key, item, keySchema(branches, key), place)]));
}

function bytesOf(value: object): Buffer | undefined {
  if (value instanceof ArrayBuffer || value instanceof SharedArrayBuffer) return Buffer.from(value);
  const isBytes = value instanceof Uint8Array || value instanceof Uint8ClampedArray || value instanceof DataView;
  return isBytes ? Buffer.from(value.buffer, value.byteOffset, value.byteLength) : undefined;
}

function takesOnlyLists(branches: readonly JsonObject[]): boolean {
  const isList = ({ type, format }: JsonObject) => type === "array" && format !== "map";
  return branches.some(isList) && branches.every((branch) => isList(branch) || branch["type"] === "null");
}

function objectLike(value: object, branches: readonly JsonObject[], place: Place): Json {
  if (value instanceof Date && Number.isNaN(value.getTime())) throw refusal(place, "it is an invalid date");
  const { toJSON } = value as { toJSON?: unknown }; // what JSON.stringify asks as well
  if (typeof toJSON === "function") return sendable(toJSON.call(value, ""), { anyOf: [...branches] }, place);
  const prototype: unknown = Object.getPrototypeOf(value);
  const entries = Object.entries(value);
  const isPlain = prototype === Object.prototype || prototype === null;
  // An instance with fields is sent as its fields; one without, such as a RegExp or a Promise, keeps them elsewhere.
  if (isPlain || (entries.length > 0 && !(value instanceof Error))) return entriesOf(entries, branches, place);
  throw refusal(place, `it is ${withArticle(value.constructor?.name || "object")}, which has no JSON`);
}

function withArticle(word: string): string {
  return `${/^[aeio]/i.test(word) ? "an" : "a"} ${word}`;
}
