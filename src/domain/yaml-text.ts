// JSON values as YAML text, character for character as PyYAML writes them with its defaults: lists not indented, quotes
// only where needed, lines folded after column 80, what is not ASCII escaped.
import { type ExactNumber, isExact, type Json, type JsonObject } from "#lib/json.ts";
import { meansSomethingElse } from "./yaml-values.ts";

const WIDTH = 80;
const STEP = 2;

/** The lines of a mapping, each ended. */
export function yamlText(fields: JsonObject): string {
  const text = mappingLines(fields, 0);
  return text.endsWith("\n") ? text : `${text}\n`;
}

function mappingLines(fields: JsonObject, indent: number): string {
  return joined(
    Object.entries(fields).map(([key, value]) => {
      const name = wordOf(key, { indent, column: indent, isKey: true });
      return `${name}:${valueText(value, indent, indent + name.length + 1, false)}`;
    }),
    indent,
  );
}

function listLines(items: readonly Json[], indent: number): string {
  return joined(
    items.map((item) => `-${valueText(item, indent, indent + 1, true)}`),
    indent,
  );
}

/** A literal block may end in line breaks of its own. */
function joined(entries: readonly string[], indent: number): string {
  return entries.reduce(
    (text, entry) => (text === "" ? entry : `${text}${text.endsWith("\n") ? "" : "\n"}${" ".repeat(indent)}${entry}`),
    "",
  );
}

/** What follows a key or a dash that ends at `column`. */
function valueText(value: Json, indent: number, column: number, inList: boolean): string {
  if (typeof value !== "object" || value === null || isExact(value)) {
    return ` ${scalarText(value, { indent: indent + STEP, column: column + 1, isKey: false })}`;
  }
  if (Object.keys(value).length === 0) return Array.isArray(value) ? " []" : " {}";
  const inner = inList || !Array.isArray(value) ? indent + STEP : indent;
  const lines = Array.isArray(value) ? listLines(value, inner) : mappingLines(value, inner);
  return inList ? ` ${lines}` : `\n${" ".repeat(inner)}${lines}`;
}

interface Place {
  /** Where further lines begin. */
  indent: number;
  column: number;
  /** Keys stay on one line. */
  isKey: boolean;
}

function scalarText(value: string | number | boolean | null | ExactNumber, place: Place): string {
  if (isExact(value)) return numberText(value.rawJSON);
  if (typeof value === "number") return numberText(String(value));
  return typeof value === "string" ? wordOf(value, place) : String(value);
}

/** Python's: an exponent with its sign, of two digits, after a fraction. */
export function numberText(literal: string): string {
  const [mantissa = "", exponent] = literal.split(/e/i);
  if (exponent === undefined) return mantissa;
  const sign = exponent.startsWith("-") ? "-" : "+";
  const digits = exponent.replace(/^[+-]/, "").padStart(2, "0");
  return `${mantissa}${mantissa.includes(".") ? "" : ".0"}e${sign}${digits}`;
}

function wordOf(text: string, place: Place): string {
  const isPrintable = /^[\n\x20-\x7e]*$/.test(text);
  const breaks = text.includes("\n");
  if (!isPrintable || / \n/.test(text)) return doubleQuoted(text, place);
  if (breaks) return place.isKey || text.endsWith(" ") ? doubleQuoted(text, place) : literal(text, place.indent);
  return isPlain(text) ? folded(text, place) : singleQuoted(text, place);
}

function isPlain(text: string): boolean {
  const isSign = /^[#,[\]{}&*!|>'"%@`]|^[?:-](?:\s|$)|^---|^\.\.\./.test(text);
  return !(isSign || /^ | $|:(?:\s|$)| #/.test(text) || meansSomethingElse(text));
}

/** Lines end at the first single space after column 80. */
function folded(text: string, { indent, column, isKey }: Place): string {
  let written = "";
  let at = column;
  for (const part of text.split(/( +)/)) {
    if (part === " " && at > WIDTH && !isKey) {
      written += `\n${" ".repeat(indent)}`;
      at = indent;
      continue;
    }
    written += part;
    at += part.length;
  }
  return written;
}

/** The same, but not at a space beside a quote that ends or begins the text. */
function singleQuoted(text: string, { indent, column, isKey }: Place): string {
  const inner = text.replaceAll("'", "''");
  const [, lead = "", middle = "", trail = ""] = /^( *)(.*?)( *)$/s.exec(inner) ?? [];
  const start = column + 1 + lead.length;
  return `'${lead}${folded(middle, { indent, column: start, isKey })}${trail}'`;
}

const ESCAPES: Record<string, string> = {
  ...{ "\0": "0", "\x07": "a", "\b": "b", "\t": "t", "\n": "n", "\v": "v", "\f": "f", "\r": "r", "\x1b": "e" },
  ...{ '"': '"', "\\": "\\", "\x85": "N", "\xa0": "_", "\u2028": "L", "\u2029": "P" },
};

function escaped(character: string): string {
  if (character !== '"' && character !== "\\" && /^[\x20-\x7e]$/.test(character)) return character;
  const short = ESCAPES[character];
  if (short) return `\\${short}`;
  const hex = (character.codePointAt(0) ?? 0).toString(16).toUpperCase();
  if (hex.length <= 2) return `\\x${hex.padStart(2, "0")}`;
  return hex.length <= 4 ? `\\u${hex.padStart(4, "0")}` : `\\U${hex.padStart(8, "0")}`;
}

/** Lines end in a backslash: before a space, and on either side of what was escaped. */
function doubleQuoted(text: string, { indent, column, isKey }: Place): string {
  const characters = [...text];
  let written = '"';
  let at = column + 1;
  let afterEscape = false;
  const breakLine = (next: string | undefined) => {
    // A space that begins a line would be lost.
    const mark = next === " " ? "\\" : "";
    written += `\\\n${" ".repeat(indent)}${mark}`;
    at = indent + mark.length;
  };
  for (const [index, character] of characters.entries()) {
    const mayBreak = index > 0 && index < characters.length - 1 && !isKey;
    const shown = escaped(character);
    const isEscape = shown.length > 1;
    if (mayBreak && !isEscape && (character === " " || afterEscape) && at > WIDTH) breakLine(character);
    written += shown;
    at += shown.length;
    if (mayBreak && isEscape && at - 1 > WIDTH) breakLine(characters[index + 1]);
    afterEscape = isEscape;
  }
  return `${written}"`;
}

/** `|`, with what says how the text begins and ends where that is not the usual way. */
function literal(text: string, indent: number): string {
  const begin = /^[ \n]/.test(text) ? String(STEP) : "";
  const end = text.endsWith("\n") ? (text === "\n" || text.endsWith("\n\n") ? "+" : "") : "-";
  const lines = text.split("\n").map((line) => (line === "" ? "" : " ".repeat(indent) + line));
  return `|${begin}${end}\n${lines.join("\n")}`;
}
