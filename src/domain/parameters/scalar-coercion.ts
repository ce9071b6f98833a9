// Turns one JSON scalar into a text, a number, a date and so on, as its schema says, with the coercions of pydantic 1.
import { isExact, isObject, type Json, type JsonObject, numberOf, textOfJson } from "#lib/json.ts";
import { own } from "#lib/own.ts";
import { parseTimestamp, toMillis } from "#lib/time/timestamps.ts";

/** `cost` compares the branches of a union: the least is the type that fits best. `path` leads to what does not fit. */
export type Coerced = { value: unknown; cost: number } | { problem: string; path: string[] };

/** What a coercion does to a value. Any number of one kind weighs less than one of the next. */
export const COST = {
  /** The value is of the type. */
  none: 0,
  /** JSON has no other way to write the type: the text of a date, the list of a Set. */
  written: 1,
  /** The object has a key that the type does not name. */
  unknownKey: 1e3,
  /** Another type says the same: the text "5" for 5. */
  converted: 1e6,
  /** 5.9 becomes 5. */
  lossy: 1e9,
};

export const refuse = (problem: string): Coerced => ({ problem, path: [] });
const take = (value: unknown, cost: number): Coerced => ({ value, cost });

export function coerceScalar(value: Json, schema: JsonObject): Coerced {
  switch (schema["type"]) {
    case "null":
      return value === null ? take(null, COST.none) : refuse("must be null");
    case "boolean":
      return coerceBoolean(value);
    case "integer":
      return schema["format"] === "bigint" ? coerceBigint(value) : coerceInteger(value);
    case "number":
      return coerceNumber(value, "must be a number");
    default:
      return matching(coerceText(value, schema["format"]), schema["pattern"]);
  }
}

function coerceText(value: Json, format: Json | undefined): Coerced {
  if (format === "date-time" || format === "date") return coerceDate(value);
  if (format === "uri") return coerceUrl(value);
  const bytesAs = typeof format === "string" ? own(BYTES, format) : undefined;
  if (bytesAs) return coerceBytes(value, bytesAs);
  if (typeof value === "string") return take(value, COST.none);
  if (isExact(value)) return take(value.rawJSON, COST.converted);
  const isWord = typeof value === "number" || typeof value === "boolean";
  return isWord ? take(String(value), COST.converted) : refuse("must be text");
}

/** A pattern that is no regular expression here says nothing. */
function matching(text: Coerced, pattern: Json | undefined): Coerced {
  if (typeof pattern !== "string" || !("value" in text) || typeof text.value !== "string") return text;
  try {
    return new RegExp(pattern).test(text.value) ? text : refuse(`must look like /${pattern}/`);
  } catch {
    return text;
  }
}

/** Above this a number counts milliseconds since 1970, else seconds: pydantic's own line. */
const MOST_SECONDS = 2e10;

function coerceDate(value: Json): Coerced {
  const sentence = "must be a date in ISO form";
  const number = writtenNumber(value);
  if (number !== undefined) {
    const date = new Date(Math.abs(number) > MOST_SECONDS ? number : number * 1000);
    return Number.isNaN(date.getTime()) ? refuse(sentence) : take(date, COST.converted);
  }
  const timestamp = typeof value === "string" ? parseTimestamp(value) : null;
  return timestamp ? take(new Date(toMillis(timestamp)), COST.written) : refuse(sentence);
}

function coerceUrl(value: Json): Coerced {
  const isUrl = typeof value === "string" && URL.canParse(value);
  return isUrl ? take(new URL(value), COST.written) : refuse("must be a URL");
}

/** What bytes become, by the format of their schema. `binary` is in schemas of earlier builds. */
const BYTES: Readonly<Record<string, (bytes: Buffer) => unknown>> = {
  byte: (bytes) => Uint8Array.from(bytes),
  buffer: (bytes) => bytes,
  binary: (bytes) => bytes,
  "array-buffer": (bytes) => Uint8Array.from(bytes).buffer,
};

/** Base64 text, what JSON.stringify makes of a Buffer, or a list of numbers. */
function coerceBytes(value: Json, as: (bytes: Buffer) => unknown): Coerced {
  const list = isObject(value) && value["type"] === "Buffer" ? value["data"] : value;
  if (Array.isArray(list)) {
    const isBytes = list.every((item) => Number.isInteger(item) && Number(item) >= 0 && Number(item) <= 255);
    return isBytes
      ? take(as(Buffer.from(list.map(Number))), COST.written)
      : refuse("must be a list of numbers from 0 to 255");
  }
  const bytes = typeof value === "string" ? base64Bytes(value) : undefined;
  return bytes ? take(as(bytes), COST.written) : refuse("must be bytes as base64 text");
}

/** Undefined for text that some other bytes would not be written as. Both alphabets, with or without `=`. */
function base64Bytes(text: string): Buffer | undefined {
  const plain = text.replaceAll("-", "+").replaceAll("_", "/").replace(/\s+/g, "").replace(/=+$/, "");
  const bytes = Buffer.from(plain, "base64");
  return bytes.toString("base64").replace(/=+$/, "") === plain ? bytes : undefined;
}

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
const INTEGER = /^[+-]?\d+$/;
const TOO_PRECISE = "must have no more digits than a number keeps: declare the parameter as bigint, or as string";

/** The number that is meant by a number or its text; not that of `0x10`, which the old engine does not read. */
function writtenNumber(value: Json): number | undefined {
  if (typeof value === "number") return value;
  if (isExact(value)) return Number(value.rawJSON);
  return typeof value === "string" && NUMBER.test(value.trim()) ? Number(value) : undefined;
}

/** The digits of an integer, where a number would change them. */
function isTooPrecise(value: Json): boolean {
  const digits = isExact(value) ? value.rawJSON : typeof value === "string" ? value.trim() : "";
  return INTEGER.test(digits) && BigInt(digits.replace(/^\+/, "")) !== BigInt(Math.trunc(finite(Number(digits))));
}

function finite(number: number): number {
  return Number.isFinite(number) ? number : 0;
}

function coerceNumber(value: Json, sentence: string): Coerced {
  const number = typeof value === "boolean" ? Number(value) : writtenNumber(value);
  if (number === undefined) return refuse(sentence);
  if (isTooPrecise(value)) return refuse(TOO_PRECISE);
  if (!Number.isFinite(number)) return refuse(`${sentence} of at most 1.8e308`);
  return take(number, typeof value === "number" || isExact(value) ? COST.none : COST.converted);
}

function coerceInteger(value: Json): Coerced {
  const sentence = "must be an integer";
  if (typeof value === "string" && !INTEGER.test(value.trim())) return refuse(sentence);
  const result = coerceNumber(value, sentence);
  if ("problem" in result) return result;
  const whole = Math.trunc(Number(result.value));
  return take(whole, whole === result.value ? result.cost : COST.lossy);
}

/** Of any size, from an integer or its text. */
function coerceBigint(value: Json): Coerced {
  const sentence = "must be an integer";
  if (typeof value === "boolean") return take(BigInt(value), COST.converted);
  if (typeof value === "string") {
    const digits = value.trim().replace(/^\+/, "");
    return INTEGER.test(digits) ? take(BigInt(digits), COST.converted) : refuse(sentence);
  }
  const number = isExact(value)
    ? integerOf(value.rawJSON)
    : Number.isInteger(value)
      ? BigInt(Number(value))
      : undefined;
  return number === undefined ? refuse(sentence) : take(number, COST.written);
}

/** The integer that a JSON number writes, with all of its digits: `12.0` and `1.2e1` are 12. Undefined for other numbers. */
function integerOf(literal: string): bigint | undefined {
  const [, sign = "", whole = "", fraction = "", exponent = "0"] = PARTS.exec(literal) ?? [];
  const zeros = Number(exponent) - fraction.length;
  const digits = whole + fraction;
  if (zeros >= 0) return zeros > MOST_ZEROS ? undefined : BigInt(`${sign}${digits}${"0".repeat(zeros)}`);
  const end = Math.max(digits.length + zeros, 0);
  return /^0*$/.test(digits.slice(end)) ? BigInt(`${sign}${digits.slice(0, end) || "0"}`) : undefined;
}

const PARTS = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;
/** A number of 10 letters must not become one of a million digits. */
const MOST_ZEROS = 1_000;

function coerceBoolean(value: Json): Coerced {
  if (typeof value === "boolean") return take(value, COST.none);
  const word = wordOf(value).toLowerCase();
  if (["true", "1", "yes", "on", "t", "y"].includes(word)) return take(true, COST.converted);
  if (["false", "0", "no", "off", "f", "n"].includes(word)) return take(false, COST.converted);
  return refuse("must be true or false");
}

/** `enum` and `const`. A value that is written like a permitted one counts as that one, but null only as null. */
export function coerceChoice(value: Json, permitted: readonly Json[], format: Json | undefined): Coerced {
  const isWritten = (item: Json) => value !== null && item !== null && wordOf(item) === wordOf(value);
  const [exact] = permitted.filter((item) => item === value || Bun.deepEquals(item, value, true)).map(chosen);
  const [similar] = permitted.filter(isWritten).map(chosen);
  const choice = exact ?? similar;
  if (!choice) return refuse(`must be one of ${permitted.map((item) => JSON.stringify(item)).join(", ")}`);
  return take(choice.value, exact ? COST.none : COST.converted);

  function chosen(item: Json) {
    const isBig = format === "bigint" && item !== null;
    return { value: isBig ? BigInt(wordOf(item)) : isExact(item) ? numberOf(item) : item };
  }
}

/** `1.0` and `1` are one choice. */
function wordOf(value: Json): string {
  return textOfJson(isExact(value) ? (numberOf(value)?.toString() ?? value) : value);
}
