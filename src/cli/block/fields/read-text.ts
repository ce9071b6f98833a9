// Reads the text of a field as the kind of value that its schema asks for. No sentence holds the value: it may be a secret.
import { coerce } from "#domain/parameters/coercion.ts";
import { branchesOf, itemSchema } from "#domain/parameters/json-schema.ts";
import { meant, TypedWord } from "#domain/parameters/typed-values.ts";
import { OrchError } from "#lib/errors.ts";
import { exactNumber, isObject, type Json, type JsonObject, objectOf, textOfJson, tryParseJson } from "#lib/json.ts";
import { setOwn } from "#lib/own.ts";
import { didYouMean } from "#lib/text/nearest.ts";
import { shellWords } from "#lib/text/shell-words.ts";
import { parseTimestamp, printTimestamp } from "#lib/time/timestamps.ts";
import { typedJson } from "../../options/json-arguments.ts";
import { boundsFault } from "./bounds.ts";
import { choicesOf, isOpenMapping, isTextMapping, kindOf } from "./schema.ts";

export interface FieldText {
  text: string;
  /** From standard input or a file: a list may have an item on each line there, and a mapping a pair. */
  isPiped: boolean;
}

interface Place {
  /** How the field is called in sentences. */
  where: string;
  definitions: JsonObject;
}

/** Throws `invalid`: `'NAME' must be …`. */
export function readText(given: FieldText, schema: JsonObject, place: Place): Json {
  const branches = branchesOf(schema, place.definitions);
  const others = branches.filter(({ type }) => type !== "null");
  const faults: OrchError[] = [];
  for (const branch of others) {
    try {
      return checked(readBranch(given, branch, place), branch, place);
    } catch (error) {
      if (!(error instanceof OrchError)) throw error;
      faults.push(error);
    }
  }
  if (others.length < branches.length && given.text.trim() === "null") return null;
  const kinds = new Set(others.map(kindOf));
  const [first] = faults;
  throw first && kinds.size === 1 ? first : refused(place, `must be one of these: ${[...kinds].join(", ")}`);
}

function readBranch(given: FieldText, branch: JsonObject, place: Place): Json {
  const choices = choicesOf(branch);
  if (choices.length > 0) return readChoice(given.text, choices, branch, place);
  switch (branch["type"]) {
    case "string":
      return readString(given.text, branch, place);
    case "integer":
    case "number":
      return readNumber(given.text.trim(), branch["type"] === "integer", place);
    case "boolean":
      return readFlag(given.text.trim(), place);
    case "array":
      return readList(given, branch, place);
    default:
      return branch["type"] === "object" || isObject(branch["properties"])
        ? readMapping(given, branch, place)
        : readAny(given.text, place);
  }
}

function readChoice(text: string, choices: readonly string[], branch: JsonObject, place: Place): Json {
  const word = text.trim();
  const known = choices.find((choice) => choice === word) ?? choices.find((one) => sameLetters(one, word));
  if (known === undefined) {
    const list = choices.length === 1 ? `'${choices[0]}'` : `one of ${choices.join(", ")}`;
    throw refused(place, `must be ${list}`, didYouMean(word, choices));
  }
  const values = Array.isArray(branch["enum"]) ? branch["enum"] : [branch["const"] ?? null];
  return values.find((value) => value !== null && textOfJson(value) === known) ?? known;
}

function sameLetters(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

const IS_FORMAT: Readonly<Record<string, [is: (text: string) => boolean, wanted: string]>> = {
  uri: [(text) => URL.canParse(text), "an address such as https://example.com"],
  uuid: [(text) => /^[0-9a-f]{8}(-?[0-9a-f]{4}){3}-?[0-9a-f]{12}$/i.test(text), "a UUID"],
  date: [(text) => parseTimestamp(text) !== null, "a day such as 2026-01-31"],
};

function readString(text: string, { format }: JsonObject, place: Place): string {
  if (format === "date-time") {
    const moment = parseTimestamp(text);
    if (moment === null) throw refused(place, "must be a moment such as 2026-01-31T12:00:00Z");
    return printTimestamp(moment);
  }
  const name = String(format);
  const [is, wanted] = (Object.hasOwn(IS_FORMAT, name) ? IS_FORMAT[name] : undefined) ?? [];
  if (is && !is(text)) throw refused(place, `must be ${wanted}`);
  return text;
}

const INTEGER = /^[+-]?\d+$/;
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
const JSON_NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:e[+-]?\d+)?$/i;

function readNumber(text: string, isWhole: boolean, place: Place): Json {
  if (isWhole) {
    if (!INTEGER.test(text)) throw refused(place, "must be a whole number");
    return exactNumber(String(BigInt(text.replace(/^\+/, ""))));
  }
  if (!NUMBER.test(text) || !Number.isFinite(Number(text))) throw refused(place, "must be a number");
  return JSON_NUMBER.test(text) ? exactNumber(text) : Number(text);
}

const TRUE = ["true", "1", "yes", "on", "t", "y"];
const FALSE = ["false", "0", "no", "off", "f", "n"];

function readFlag(text: string, place: Place): boolean {
  const word = text.toLowerCase();
  if (TRUE.includes(word)) return true;
  if (FALSE.includes(word)) return false;
  throw refused(place, "must be true or false");
}

/** JSON; a command as in a shell; else what is between commas, or on the lines of a file. */
function readList(given: FieldText, branch: JsonObject, place: Place): Json {
  const text = given.text.trim();
  if (text.startsWith("[")) {
    const list = jsonMeant(text, branch, place);
    if (Array.isArray(list)) return list;
    throw refused(place, 'must be a list such as ["a", "b"]');
  }
  if (text.startsWith("{")) return readList({ ...given, text: `[${text}]` }, branch, place);
  if (text === "") return [];
  const items = branchesOf(itemSchema([branch], 0), place.definitions);
  if (items.every((item) => ["mapping", "pairs", "list", "list of texts"].includes(kindOf(item)))) {
    throw refused(place, 'must be a list in JSON such as [{"key": "value"}]');
  }
  const words = place.where === "command" ? commandWords(text, place) : text.split(given.isPiped ? /[\n,]/ : ",");
  return words
    .map((word) => (place.where === "command" ? word : word.trim()))
    .filter((word) => word !== "")
    .map((word, index) => {
      const item = itemSchema([branch], index);
      return readText({ ...given, text: word }, item, { ...place, where: `${place.where}[${index}]` });
    });
}

function commandWords(text: string, place: Place): string[] {
  try {
    return shellWords(text);
  } catch (error) {
    if (!(error instanceof OrchError)) throw error;
    throw refused(place, "has a quotation that does not end", "", error);
  }
}

/** JSON, or `NAME=value` where any name may be set. */
function readMapping(given: FieldText, branch: JsonObject, place: Place): Json {
  const text = given.text.trim();
  if (text.startsWith("{")) {
    const mapping = jsonMeant(text, branch, place);
    if (isObject(mapping)) return mapping as JsonObject; // JSON holds JSON
    throw refused(place, `must be JSON such as {"key": "value"}`);
  }
  const pairs = isOpenMapping(branch) ? pairsOf(text, given.isPiped) : undefined;
  if (pairs) return mappingOf(pairs, given, branch, place);
  const orPairs = isOpenMapping(branch) ? ", or NAME=value" : "";
  const language = given.isPiped ? "JSON or YAML" : "JSON";
  throw refused(place, `must be ${language} such as {"key": "value"}${orPairs}`);
}

function mappingOf(pairs: [string, string][], given: FieldText, branch: JsonObject, place: Place): JsonObject {
  const mapping: JsonObject = {};
  for (const [name, text] of pairs) {
    const value = isTextMapping(branch)
      ? readText({ ...given, text }, objectOf(branch["additionalProperties"]), {
          ...place,
          where: `${place.where}.${name}`,
        })
      : looseValue({ ...given, text });
    setOwn(mapping, name, value);
  }
  return mapping;
}

/** One pair for each line of a file. On the command line one, or several where each piece between commas is one. */
export function pairsOf(text: string, isPiped: boolean): [string, string][] | undefined {
  const lines = isPiped ? text.split(/\r?\n/).filter((line) => !/^\s*(#|$)/.test(line)) : piecesOf(text);
  const pairs = lines.map((line) => /^\s*([^\s=:{}[\]"']+)=(.*)$/s.exec(line));
  if (lines.length === 0 || pairs.some((pair) => pair === null)) return undefined;
  return pairs.map((pair) => [pair?.[1] ?? "", pair?.[2] ?? ""]);
}

function piecesOf(text: string): string[] {
  const pieces = text.split(/,\s*/);
  return pieces.every((piece) => /^[\w.-]+=/.test(piece)) ? pieces : [text];
}

/** Where nothing says what it is: JSON for what looks like it, else text. Piped words are text, as keys are. */
export function looseValue({ text, isPiped }: FieldText): Json {
  const looksLikeJson = /^\s*[[{"]/.test(text) || (!isPiped && /^(?:true|false|null|-?\d[\d.e+-]*)$/i.test(text));
  return (looksLikeJson ? tryParseJson(text) : undefined) ?? text;
}

/** What is not JSON is text, unless it was meant to be JSON. */
function readAny(text: string, place: Place): Json {
  const value = typedJson(text, `'${place.where}'`);
  if (value === undefined) {
    if (/^\s*[[{"]/.test(text)) throw refused(place, "looks like JSON, and cannot be read as JSON");
    return text;
  }
  return value instanceof TypedWord ? value.value : meant(value, {}, {});
}

function jsonMeant(text: string, branch: JsonObject, place: Place): Json {
  const typed = typedJson(text, `'${place.where}'`);
  if (typed === undefined) throw refused(place, "must be JSON that can be read");
  // What a patch lays in may be anything, whatever the schema says.
  return meant(typed, branch["format"] === "rfc6902" ? {} : branch, place.definitions);
}

function checked(value: Json, branch: JsonObject, place: Place): Json {
  const isContainer = typeof value === "object" && value !== null && !JSON.isRawJSON(value);
  const isPatch = branch["format"] === "rfc6902";
  const result = isContainer && !isPatch ? coerce(value, branch, place.definitions) : undefined;
  if (result && "problem" in result) {
    throw refused({ ...place, where: [place.where, ...result.path].join(".") }, result.problem);
  }
  const fault = boundsFault(value, branch);
  if (fault !== undefined) throw refused(place, fault);
  return value;
}

export function refused({ where }: { where: string }, problem: string, hint = "", cause?: unknown): OrchError {
  return new OrchError("invalid", `'${where}' ${problem}.${hint}`, { cause });
}
