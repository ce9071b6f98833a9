// Reads a value as the kind of field it is meant for: text from a command line becomes the list, mapping, number or flag
// that the field's JSON schema asks for, as pydantic does in Prefect 2.10.4.
import { OrchError } from "#lib/errors.ts";
import { isExact, isObject, type Json, type JsonObject, parseWith, textOfJson, tryParseJson } from "#lib/json.ts";
import { shellWords } from "#lib/text/shell-words.ts";

/** The fields of a block type, or the variables of a work pool: a JSON schema of an object. */
export type FieldSchema = JsonObject;

const TRUE = ["true", "1", "yes", "on", "t", "y"];
const FALSE = ["false", "0", "no", "off", "f", "n"];

/** Throws `invalid`: `'NAME' must be …, not …`. `null` unsets a field of any kind. */
export function readFieldValue(name: string, schema: Json | undefined, value: Json, fields: FieldSchema): Json {
  if (!isObject(schema) || value === null || isFilledLater(value)) return value;
  const kind = resolved(schema, fields);
  if (kind["enum"] !== undefined) return readChoice(name, kind["enum"], value);
  const options = kind["anyOf"];
  if (Array.isArray(options)) return readAny(name, options, value, fields);
  switch (kind["type"]) {
    case "string":
      return readText(name, value);
    case "boolean":
      return readFlag(name, value);
    case "integer":
      return readNumber(name, value, Number.isSafeInteger, "a whole number");
    case "number":
      return readNumber(name, value, Number.isFinite, "a number");
    case "array":
      return readList(name, kind, value, fields);
    case "object":
      return readMapping(name, kind, value, fields);
    default:
      return value;
  }
}

/** A reference to a block, or a placeholder of a work pool's template. */
function isFilledLater(value: Json): boolean {
  return typeof value === "string" ? /^\s*\{\{.*\}\}\s*$/.test(value) : isObject(value) && "$ref" in value;
}

/** Follows `$ref` and an `allOf` of one into the definitions. */
export function resolved(schema: JsonObject, fields: FieldSchema): JsonObject {
  const [only] = Array.isArray(schema["allOf"]) ? schema["allOf"] : [];
  const reference = schema["$ref"] ?? (isObject(only) ? only["$ref"] : undefined);
  const definitions = fields["definitions"];
  if (typeof reference !== "string" || !isObject(definitions)) return schema;
  const found = definitions[reference.replace(/^#\/definitions\//, "")];
  return isObject(found) ? found : schema;
}

/** True for a mapping whose values are all text: `env`, `labels`. */
export function isTextMapping(schema: JsonObject): boolean {
  const values = schema["additionalProperties"];
  return schema["type"] === "object" && isObject(values) && values["type"] === "string";
}

function refuse(name: string, wanted: string, value: Json): never {
  const shown = typeof value === "string" ? `'${value}'` : JSON.stringify(value);
  throw new OrchError("invalid", `'${name}' must be ${wanted}, not ${shown}.`);
}

function readChoice(name: string, choices: Json, value: Json): Json {
  const known = Array.isArray(choices) ? choices : [];
  if (known.includes(value)) return value;
  return refuse(
    name,
    known.length === 1 ? `'${textOfJson(known[0])}'` : `one of ${known.map(textOfJson).join(", ")}`,
    value,
  );
}

function readAny(name: string, options: Json[], value: Json, fields: FieldSchema): Json {
  let first: unknown;
  for (const option of options) {
    try {
      return readFieldValue(name, option, value, fields);
    } catch (error) {
      first ??= error;
    }
  }
  throw first;
}

function readText(name: string, value: Json): string {
  return typeof value === "object" && !isExact(value) ? refuse(name, "text", value) : textOfJson(value);
}

function readFlag(name: string, value: Json): boolean {
  const flag = isExact(value) ? Number(value.rawJSON) : value;
  const word = typeof flag === "object" ? "" : String(flag).toLowerCase();
  if (TRUE.includes(word)) return true;
  return FALSE.includes(word) ? false : refuse(name, "true or false", value);
}

function readNumber(name: string, value: Json, fits: (number: number) => boolean, wanted: string): number {
  const isWritten = isExact(value) || (typeof value === "string" && value.trim() !== "");
  const number = isWritten ? Number(textOfJson(value)) : value;
  return typeof number === "number" && fits(number) ? number : refuse(name, wanted, value);
}

/** Plain text is a command line where the list is a command, else the list's one item. */
function readList(name: string, schema: JsonObject, value: Json, fields: FieldSchema): Json {
  const items = schema["items"];
  const isOfTexts = isObject(items) && items["type"] === "string";
  const parsed = typeof value === "string" && /^\s*\[/.test(value) ? parsedJson(value, isOfTexts) : undefined;
  const list = parsed ?? (typeof value === "string" && isOfTexts ? wordsOf(name, value) : value);
  if (!Array.isArray(list)) return refuse(name, isOfTexts ? `a list such as ["a", "b"]` : "a list in JSON", value);
  return list.map((item, index) => {
    const place = `${name}[${index}]`;
    if (item === null) return refuse(place, "text", item);
    // What a patch lays in may be anything.
    return isOfTexts ? readFieldValue(place, items, item, fields) : item;
  });
}

/** Numbers that become text keep what was typed: `1.10`. */
function parsedJson(text: string, isOfTexts: boolean): Json | undefined {
  const parsed = tryParseJson(text);
  return parsed !== undefined && isOfTexts ? parseWith(text, JSON.rawJSON) : parsed;
}

function wordsOf(name: string, text: string): string[] {
  if (name === "command") return shellWords(text);
  return text.trim() === "" ? [] : [text];
}

function readMapping(name: string, schema: JsonObject, given: Json, fields: FieldSchema): Json {
  const isOfTexts = isTextMapping(schema);
  const value = typeof given === "string" ? (parsedJson(given, isOfTexts) ?? given) : given;
  if (!isObject(value)) {
    return refuse(name, isOfTexts ? `a mapping: ${name}.NAME=value sets one of its entries` : "a mapping", given);
  }
  const entries = Object.entries(value);
  if (!isOfTexts) return value;
  const values = schema["additionalProperties"];
  return Object.fromEntries(
    entries.map(([key, item]) => [key, readFieldValue(`${name}.${key}`, values, item, fields)]),
  );
}
