// Turns one JSON value into what its schema means, with the coercions of pydantic 1: text of a number is a number, a list
// may be a Set, an object or a list of pairs a Map. Of a union the branch counts that fits best.
import { isExact, isObject, type Json, type JsonObject, numberOf, objectOf } from "#lib/json.ts";
import { branchesOf, textsOf } from "./json-schema.ts";
import { COST, type Coerced, coerceChoice, coerceScalar, refuse } from "./scalar-coercion.ts";

/** The problem of a field that is not there. */
export const MISSING = "is missing";

/** What one call of `coerce` shares: where `$ref` points, and what unions of nested types have found before. */
interface Reading {
  definitions: JsonObject;
  branches: Map<JsonObject, readonly JsonObject[]>;
  found: Map<Json, Map<JsonObject, Coerced>>;
}

export function coerce(value: Json, schema: JsonObject, definitions: JsonObject): Coerced {
  return read(value, schema, { definitions, branches: new Map(), found: new Map() });
}

function read(value: Json, schema: JsonObject, reading: Reading): Coerced {
  const branches = reading.branches.get(schema) ?? branchesOf(schema, reading.definitions);
  reading.branches.set(schema, branches);
  if (branches.length === 1) return readBranch(value, branches[0] ?? {}, reading);
  const known = reading.found.get(value)?.get(schema);
  if (known) return known;
  const best = bestOf(value, branches, reading);
  // Else the tries of one level would multiply with those of the next.
  if (typeof value === "object" && value !== null) {
    const found = reading.found.get(value) ?? new Map<JsonObject, Coerced>();
    reading.found.set(value, found.set(schema, best));
  }
  return best;
}

/** The branch that changes the least; of several the first. */
function bestOf(value: Json, branches: readonly JsonObject[], reading: Reading): Coerced {
  const results = branches.map((branch) => readBranch(value, branch, reading));
  let best: Coerced | undefined;
  for (const result of results) {
    if ("problem" in result) continue;
    if (!best || "problem" in best || result.cost < best.cost) best = result;
  }
  if (best) return best;
  const [only, ...more] = results.filter((_, index) => branches[index]?.["type"] !== "null");
  if (!only || more.length > 0 || !("problem" in only)) return refuse("fits none of the types it may have");
  const { problem, path } = only;
  return path.length === 0 && problem.startsWith("must be") ? refuse(`${problem}, or null`) : only;
}

function readBranch(value: Json, schema: JsonObject, reading: Reading): Coerced {
  const { enum: permitted, const: constant, type, format } = schema;
  if (isObject(schema["not"]) && Object.keys(schema["not"]).length === 0) return refuse("must not be given");
  if (constant !== undefined) return coerceChoice(value, [constant], format);
  if (Array.isArray(permitted)) return coerceChoice(value, permitted, format);
  if (format === "map") return readMap(value, schema, reading);
  if (type === "array") return readArray(value, schema, reading);
  if (type === "object" || isObject(schema["properties"])) return readObject(value, schema, reading);
  return typeof type === "string" ? coerceScalar(value, schema) : readAny(value);
}

/** Without a type: as JSON.parse gives it, but integers that a number would change come as bigint. */
function readAny(value: Json): Coerced {
  if (isExact(value)) {
    const number = numberOf(value);
    return number === undefined ? refuse("is too large for a number") : { value: number, cost: COST.none };
  }
  if (Array.isArray(value)) return eachOf(value.entries(), readAny, (entries) => entries.map(([, item]) => item));
  if (isObject(value)) return eachOf(Object.entries(objectOf(value)), readAny, Object.fromEntries);
  return { value, cost: COST.none };
}

type Entry<Key> = [key: Key, item: Json];

/** Reads the items of a list or an object; the first that does not fit is the problem. */
function eachOf<Key extends string | number>(
  items: Iterable<Entry<Key>>,
  readItem: (item: Json, key: Key) => Coerced,
  build: (entries: [Key, unknown][]) => unknown,
): Coerced {
  const entries: [Key, unknown][] = [];
  let cost = 0;
  for (const [key, item] of items) {
    const result = readItem(item, key);
    if ("problem" in result) return { problem: result.problem, path: [String(key), ...result.path] };
    entries.push([key, result.value]);
    cost += result.cost;
  }
  return { value: build(entries), cost };
}

function readArray(value: Json, schema: JsonObject, reading: Reading): Coerced {
  const { items, uniqueItems, minItems, maxItems } = schema;
  if (!Array.isArray(value)) return refuse("must be a list");
  if (typeof minItems === "number" && value.length < minItems) return refuse(`must have at least ${minItems} items`);
  if (typeof maxItems === "number" && value.length > maxItems) return refuse(`must have at most ${maxItems} items`);
  const schemaAt = (index: number) =>
    objectOf(Array.isArray(items) ? (items[index] ?? schema["additionalItems"]) : items);
  const list = eachOf(
    value.entries(),
    (item, index) => read(item, schemaAt(index), reading),
    (entries) => entries.map(([, item]) => item),
  );
  if ("problem" in list || uniqueItems !== true) return list;
  return { value: new Set(list.value as unknown[]), cost: list.cost + COST.written }; // just built as a list
}

/** A Map of pairs `[[key, value], …]`, or, where its keys are text, of an object. */
function readMap(value: Json, schema: JsonObject, reading: Reading): Coerced {
  const pair = objectOf(schema["items"])["items"];
  const [keys, values] = Array.isArray(pair)
    ? pair.map(objectOf)
    : [schema["propertyNames"], schema["additionalProperties"]].map(objectOf);
  if (!Array.isArray(value) && !isObject(value)) return refuse("must be an object or a list of pairs");
  const pairs: Json[] = Array.isArray(value) ? value : Object.entries(objectOf(value));
  const map = new Map<unknown, unknown>();
  let cost = COST.written;
  for (const [index, given] of pairs.entries()) {
    if (!Array.isArray(given) || given.length !== 2)
      return { problem: "must be a pair of a key and a value", path: [String(index)] };
    const [key = null, item = null] = given;
    const place = [Array.isArray(value) ? String(index) : String(key)];
    const [readKey, readItem] = [read(key, keys ?? {}, reading), read(item, values ?? {}, reading)];
    if ("problem" in readKey) return { problem: `has a key that ${readKey.problem}`, path: place };
    if ("problem" in readItem) return { problem: readItem.problem, path: [...place, ...readItem.path] };
    map.set(readKey.value, readItem.value);
    cost += readKey.cost + readItem.cost;
  }
  return { value: map, cost };
}

function readObject(value: Json, schema: JsonObject, reading: Reading): Coerced {
  if (!isObject(value)) return refuse("must be an object");
  const { properties, required, additionalProperties, propertyNames } = schema;
  const missing = textsOf(required).find((name) => !Object.hasOwn(value, name));
  if (missing !== undefined) return { problem: MISSING, path: [missing] };
  const isRecord = additionalProperties !== undefined && additionalProperties !== true;
  return eachOf(
    Object.entries(objectOf(value)),
    (item, key) => {
      if (isObject(properties) && Object.hasOwn(properties, key)) return read(item, objectOf(properties[key]), reading);
      if (additionalProperties === false) return refuse("is not known");
      const named = isObject(propertyNames) ? read(key, objectOf(propertyNames), reading) : undefined;
      if (named && "problem" in named) return refuse(`is not a permitted key: it ${named.problem}`);
      const result = read(item, objectOf(additionalProperties), reading);
      return "problem" in result || isRecord ? result : { ...result, cost: result.cost + COST.unknownKey };
    },
    Object.fromEntries, // never sets a prototype, whatever the keys are
  );
}
