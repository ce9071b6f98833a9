// Serializes results: as JSON where that holds the same data, dates and sets as Prefect writes them; else as a structured
// clone, which knows maps, bytes and circles. Says what would be lost.
import { isDeepStrictEqual } from "node:util";
import { deserialize, serialize } from "node:v8";
import { messageOf, OrchError } from "#lib/errors.ts";
import { mayChange, parseJson, withNumbers } from "#lib/json.ts";
import { fitnessForJson, hasNamedFields } from "./plain-json.ts";
import { jsonWithInstances, mayHoldInstances, withoutClasses } from "./python-json.ts";

export interface SerializedResult {
  type: "json" | "structured-clone";
  data: string;
}

/**
 * Throws `invalid` for a value that would not come back. An instance of a class comes back as plain data where its fields
 * are all there is to it, or as what its `toJSON` gives.
 */
export function serializeResult(value: unknown): SerializedResult {
  const fitness = fitnessForJson(value);
  const { text, cause } =
    fitness === "bytes" ? { cause: "it has bytes beside what is not kept with them" } : jsonOf(value);
  if (fitness === "json" && text !== undefined) return { type: "json", data: text };
  const parsed: unknown = text === undefined ? undefined : readKept(text);
  const isJson = text !== undefined;
  if (isJson && lossOf(value, parsed, JSON_EXACTLY) === undefined) return { type: "json", data: text };
  const forPython = fitness === "bytes" ? undefined : withInstances(value);
  if (forPython !== undefined && lossOf(value, readKept(forPython), INSTANCES) === undefined) {
    return { type: "json", data: forPython };
  }
  const bytes = cloneOf(value);
  if (bytes && lossOf(value, deserialize(bytes), CLONE) === undefined) {
    return { type: "structured-clone", data: bytes.toString("base64") };
  }
  const loss = isJson ? lossOf(value, parsed, JSON_LOOSELY) : (cause ?? "it has no JSON");
  if (isJson && loss === undefined) return { type: "json", data: text };
  throw new OrchError("invalid", `A result of type '${typeName(value)}' cannot be kept: ${loss}.`);
}

/** The value as JSON where that holds all of it, as far as its own `toJSON` goes; else undefined. */
export function wholeJson(value: unknown): string | undefined {
  const { text } = jsonOf(value);
  return text !== undefined && lossOf(value, readJson(text), JSON_LOOSELY) === undefined ? text : undefined;
}

/** Throws `invalid` for a type that is not known. */
export function deserializeResult(type: unknown, data: unknown, key: string): unknown {
  if (typeof data === "string" && type === "json") return readWhole(data, key);
  if (typeof data === "string" && type === "structured-clone") return deserialize(Buffer.from(data, "base64"));
  const sentence = `The result '${key}' was kept as '${type}', which orch does not read.`;
  throw new OrchError("invalid", `${sentence} In Python, result_serializer="json" keeps what both read.`);
}

function readWhole(text: string, key: string): unknown {
  try {
    return readKept(text);
  } catch (cause) {
    throw new OrchError("invalid", `The result '${key}' is no JSON that orch reads: ${messageOf(cause)}`, { cause });
  }
}

function readKept(text: string): unknown {
  const value = readJson(text);
  return mayHoldInstances(text) ? withoutClasses(value) : value;
}

/** A run in Python keeps integers of any size: those beyond numbers are bigints here. */
function readJson(text: string): unknown {
  const value = parseJson(text);
  return mayChange(text) ? withNumbers(value) : value;
}

export function typeName(value: unknown): string {
  try {
    if (typeof value !== "object" || value === null) return value === null ? "object" : typeof value;
    // A generator has no constructor with a name.
    return value.constructor?.name || Object.prototype.toString.call(value).slice("[object ".length, -1);
  } catch {
    return "object"; // a Proxy that throws
  }
}

function jsonOf(value: unknown): { text?: string | undefined; cause?: string } {
  try {
    return { text: JSON.stringify(value) };
  } catch (error) {
    return { cause: whyNoJson(error) };
  }
}

/** A circle or a BigInt, which the clone knows; more levels than there is stack for; or the author's own code. */
function whyNoJson(error: unknown): string {
  if (error instanceof RangeError && /call stack/.test(error.message)) return "it is nested too deeply";
  return messageOf(error).replace(/\.$/, "");
}

function withInstances(value: unknown): string | undefined {
  try {
    return jsonWithInstances(value);
  } catch {
    return undefined; // as above
  }
}

function cloneOf(value: unknown): Buffer | undefined {
  try {
    return serialize(value);
  } catch {
    return undefined; // a function, a URL, a Proxy…
  }
}

interface Medium {
  isJson: boolean;
  /** What `toJSON` gives counts as the value, and a field that is undefined as none. */
  isLoose: boolean;
  /** Dates and sets come back as such. */
  hasInstances?: true;
}
const JSON_EXACTLY: Medium = { isJson: true, isLoose: false };
const INSTANCES: Medium = { isJson: true, isLoose: false, hasInstances: true };
const JSON_LOOSELY: Medium = { isJson: true, isLoose: true };
const CLONE: Medium = { isJson: false, isLoose: false };

/** What of the value is not in what was found of it, as the end of a sentence; undefined for nothing. */
function lossOf(value: unknown, found: unknown, medium: Medium): string | undefined {
  try {
    return difference(value, found, "", { medium, seen: new Map() });
  } catch (error) {
    return messageOf(error); // too deep, or a getter that throws
  }
}

interface Comparison {
  medium: Medium;
  /** Objects under way or compared, with what was found of them: the end of circles. */
  seen: Map<object, unknown>;
}

function difference(value: unknown, found: unknown, path: string, comparison: Comparison): string | undefined {
  const { medium, seen } = comparison;
  if (Object.is(value, found) || (medium.isLoose && value === found)) return undefined;
  if (typeof value !== "object" || value === null) return lost(value, path);
  if (seen.has(value)) return Object.is(seen.get(value), found) || medium.isJson ? undefined : lost(value, path);
  seen.set(value, found);
  if (hasToJson(value) && !isKnownTo(medium, value)) {
    return medium.isLoose ? difference(value.toJSON(""), found, path, comparison) : lost(value, path);
  }
  if (Array.isArray(value)) return Array.isArray(found) ? inArray(value, found, path, comparison) : lost(value, path);
  const kind = kindOf(value);
  if (kind !== "Object") {
    const isKnown = !medium.isJson || (medium.hasInstances && (kind === "Date" || kind === "Set"));
    const isSame = isKnown && kindOf(found) === kind && sameOfKind(value, found, path, comparison);
    return isSame ? undefined : lost(value, path);
  }
  return typeof found === "object" && found !== null ? inObject(value, found, path, comparison) : lost(value, path);
}

function inArray(value: unknown[], found: unknown[], path: string, comparison: Comparison): string | undefined {
  if (value.length !== found.length || (comparison.medium.isJson && hasNamedFields(value))) return lost(value, path);
  for (let index = 0; index < value.length; index++) {
    if (index in value !== index in found) return lost(undefined, `${path}[${index}]`);
    const loss = difference(value[index], found[index], `${path}[${index}]`, comparison);
    if (loss !== undefined) return loss;
  }
  return undefined;
}

function inObject(value: object, found: object, path: string, comparison: Comparison): string | undefined {
  const prototype: unknown = Object.getPrototypeOf(value);
  const names = Object.keys(value);
  const isInstance = prototype !== null && prototype !== Object.prototype;
  // What there is to it is private.
  if (isInstance && names.length === 0) return lost(value, path);
  const isSymbolShown = (symbol: symbol) => Object.prototype.propertyIsEnumerable.call(value, symbol);
  if (Object.getOwnPropertySymbols(value).some(isSymbolShown)) return `${named(path)} has fields named by symbols`;
  const own = value as Record<string, unknown>; // names are its own
  const other = found as Record<string, unknown>;
  for (const name of names) {
    const field = path === "" ? name : `${path}.${name}`;
    const isLeftOut = comparison.medium.isLoose && own[name] === undefined;
    if (!Object.hasOwn(other, name) && !isLeftOut) return lost(own[name], field);
    const loss = difference(own[name], other[name], field, comparison);
    if (loss !== undefined) return loss;
  }
  return undefined;
}

/** Kinds that the clone brings back as they are. */
const CLONED = /^(?:Date|RegExp|Error|Number|String|Boolean|BigInt|ArrayBuffer|DataView|\w+Array)$/;

function sameOfKind(value: object, found: unknown, path: string, comparison: Comparison): boolean {
  const sameList = (one: Iterable<unknown>, other: Iterable<unknown>) =>
    inArray([...one], [...other], path, comparison) === undefined;
  if (value instanceof Map) return found instanceof Map && sameList(value, found);
  if (value instanceof Set) return found instanceof Set && sameList(value, found);
  return CLONED.test(kindOf(value)) && isDeepStrictEqual(value, found);
}

function hasToJson(value: object): value is { toJSON(key: string): unknown } {
  return "toJSON" in value && typeof value.toJSON === "function";
}

function isKnownTo({ isJson, hasInstances }: Medium, value: object): boolean {
  return value instanceof Date ? !isJson || hasInstances === true : !isJson && ArrayBuffer.isView(value);
}

function kindOf(value: unknown): string {
  return Object.prototype.toString.call(value).slice("[object ".length, -1);
}

function lost(value: unknown, path: string): string {
  if (path === "") return "it would not come back as it was";
  if (value === undefined) return `${named(path)} is undefined`;
  const type = typeName(value);
  return `${named(path)} is ${/^[aeiou]/i.test(type) ? "an" : "a"} ${type}, which would not come back as it was`;
}

function named(path: string): string {
  return path === "" ? "it" : `'${path}'`;
}
