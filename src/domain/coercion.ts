// One value against one JSON schema, coerced as pydantic 1 does: text of a number is a number, a number is text.
import { isObject, type Json, type JsonObject } from "#lib/json.ts";
import { parseTimestamp, toMillis } from "#lib/timestamps.ts";

export type Coerced = { value: unknown } | { problem: string; path: string[] };

const refuse = (problem: string): Coerced => ({ problem, path: [] });

export function coerce(value: Json, schema: JsonObject, definitions: JsonObject): Coerced {
  const referenced = referenceOf(schema, definitions);
  if (referenced) return coerce(value, referenced, definitions);
  const { anyOf, enum: permitted } = schema;
  if (Array.isArray(anyOf)) return coerceAny(value, anyOf as JsonObject[], definitions); // JSON schema's own shape
  if (Array.isArray(permitted)) return coerceEnum(value, permitted);
  return coerceType(value, schema, definitions);
}

function referenceOf({ $ref, allOf }: JsonObject, definitions: JsonObject): JsonObject | undefined {
  if (Array.isArray(allOf) && isObject(allOf[0])) return referenceOf(allOf[0] as JsonObject, definitions); // as above
  const target = typeof $ref === "string" ? definitions[$ref.split("/").at(-1) ?? ""] : undefined;
  return isObject(target) ? (target as JsonObject) : undefined; // as above
}

/** The first branch that takes the value as it is, else the first that takes it at all. */
function coerceAny(value: Json, branches: readonly JsonObject[], definitions: JsonObject): Coerced {
  const results = branches.map((branch) => coerce(value, branch, definitions));
  const fitting = results.filter((result) => "value" in result);
  const exact = fitting.find((result) => Bun.deepEquals(result.value, value, true));
  return exact ?? fitting[0] ?? refuse("fits none of the types it may have");
}

function coerceEnum(value: Json, permitted: readonly Json[]): Coerced {
  const match = permitted.find((item) => item === value) ?? permitted.find((item) => String(item) === String(value));
  if (match !== undefined) return { value: match };
  return refuse(`must be one of ${permitted.map((item) => JSON.stringify(item)).join(", ")}`);
}

function coerceType(value: Json, schema: JsonObject, definitions: JsonObject): Coerced {
  switch (schema["type"]) {
    case "string":
      return coerceText(value, schema["format"]);
    case "integer":
    case "number":
      return coerceNumber(value, schema);
    case "boolean":
      return coerceBoolean(value);
    case "array":
      return coerceArray(value, schema, definitions);
    case "object":
      return coerceObject(value, schema, definitions);
    default:
      return { value };
  }
}

function coerceText(value: Json, format: Json | undefined): Coerced {
  if (format === "date-time" || format === "date") return coerceDate(value);
  if (format === "uri") return coerceUrl(value);
  if (typeof value === "string") return { value };
  return typeof value === "number" || typeof value === "boolean" ? { value: String(value) } : refuse("must be text");
}

/** Above this a number counts milliseconds since 1970, else seconds: pydantic's own line. */
const MOST_SECONDS = 2e10;

function coerceDate(value: Json): Coerced {
  const number = numberIn(value);
  if (number !== undefined) {
    const date = new Date(Math.abs(number) > MOST_SECONDS ? number : number * 1000);
    return Number.isNaN(date.getTime()) ? refuse("must be a date in ISO form") : { value: date };
  }
  const timestamp = typeof value === "string" ? parseTimestamp(value) : null;
  return timestamp ? { value: new Date(toMillis(timestamp)) } : refuse("must be a date in ISO form");
}

function coerceUrl(value: Json): Coerced {
  return typeof value === "string" && URL.canParse(value) ? { value: new URL(value) } : refuse("must be a URL");
}

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
const INTEGER = /^[+-]?\d+$/;

/** The number that is meant by a number or its text; not that of `0x10`, which the old engine does not read. */
function numberIn(value: Json): number | undefined {
  if (typeof value === "number") return value;
  return typeof value === "string" && NUMBER.test(value.trim()) ? Number(value) : undefined;
}

function coerceNumber(value: Json, { type, format }: JsonObject): Coerced {
  const sentence = type === "integer" ? "must be an integer" : "must be a number";
  if (type === "integer" && typeof value === "string" && !INTEGER.test(value.trim())) return refuse(sentence);
  // Its text may hold more digits than a number can.
  if (format === "bigint" && typeof value === "string") return { value: BigInt(value.trim().replace(/^\+/, "")) };
  const number = typeof value === "boolean" ? Number(value) : numberIn(value);
  if (number === undefined || !Number.isFinite(number)) return refuse(sentence);
  if (format === "bigint") return { value: BigInt(Math.trunc(number)) };
  return { value: type === "integer" ? Math.trunc(number) : number };
}

function coerceBoolean(value: Json): Coerced {
  if (typeof value === "boolean") return { value };
  const word = String(value).toLowerCase();
  if (["true", "1", "yes", "on", "t", "y"].includes(word)) return { value: true };
  if (["false", "0", "no", "off", "f", "n"].includes(word)) return { value: false };
  return refuse("must be true or false");
}

function coerceArray(
  value: Json,
  { items, uniqueItems, minItems, maxItems }: JsonObject,
  definitions: JsonObject,
): Coerced {
  if (!Array.isArray(value)) return refuse("must be a list");
  if (typeof minItems === "number" && value.length < minItems) return refuse(`must have at least ${minItems} items`);
  if (typeof maxItems === "number" && value.length > maxItems) return refuse(`must have at most ${maxItems} items`);
  const list: unknown[] = [];
  for (const [index, item] of value.entries()) {
    const schema = Array.isArray(items) ? items[index] : items;
    const result = coerce(item, isObject(schema) ? (schema as JsonObject) : {}, definitions); // JSON schema's own shape
    if ("problem" in result) return { problem: result.problem, path: [String(index), ...result.path] };
    list.push(result.value);
  }
  return { value: uniqueItems === true ? new Set(list) : list };
}

function coerceObject(value: Json, schema: JsonObject, definitions: JsonObject): Coerced {
  if (!isObject(value)) return refuse("must be an object");
  const { properties, required, additionalProperties } = schema;
  const missing = Array.isArray(required) ? required.find((name) => !Object.hasOwn(value, String(name))) : undefined;
  if (missing !== undefined) return { problem: "is missing", path: [String(missing)] };
  const entries: [string, unknown][] = [];
  for (const [key, item] of Object.entries(value as JsonObject)) {
    // as above
    const known = isObject(properties) && Object.hasOwn(properties, key) ? properties[key] : undefined;
    const inner = known ?? (isObject(additionalProperties) ? additionalProperties : {});
    const result = coerce(item, inner as JsonObject, definitions); // as above
    if ("problem" in result) return { problem: result.problem, path: [key, ...result.path] };
    entries.push([key, result.value]);
  }
  return { value: Object.fromEntries(entries) }; // never sets a prototype, whatever the keys are
}
