// The parameters of a function that is at hand, read from its own text (types are gone by then): what they are called,
// and how a call passes them. Schemas come from the source file (project/signature).
import { tryParseJson } from "#lib/json.ts";
import { own } from "#lib/own.ts";

const OPENERS = "([{";
const CLOSERS = ")]}";
const QUOTES = "\"'`";

/** Any function a user writes. */
export type UserFunction = (...args: never[]) => unknown;

/** `async function f(a, b = "x, y", { c } = {}, ...rest)` to `["a", "b", "arg2", "rest"]`. */
export function parameterNames(fn: UserFunction): string[] {
  return namesOf(parameterTexts(fn));
}

/** How named parameters become the arguments of a call. */
export interface CallShape {
  /** `object`: the only parameter is a pattern, `({ a, b }) => …`, and all named ones are its properties. */
  style: "positional" | "object";
  /** Whether that pattern has a default, `({ a, b } = { a: 1, b: 2 }) => …`: it counts where nothing is given. */
  hasDefault: boolean;
  /** In the order of the call. */
  names: string[];
  /** The name of `...rest`: a list of further arguments, or the object of all other properties. */
  rest: string | null;
}

export function callShape(fn: UserFunction): CallShape {
  const { only, style, parts } = writtenParameters(fn);
  const names = namesOf(parts);
  const rest = parts.at(-1)?.startsWith("...") ? (names.pop() ?? null) : null;
  const hasDefault = style === "object" && only.slice(closingOf(only) + 1).includes("=");
  return { style, hasDefault, names, rest };
}

/** The defaults that are written as JSON is, by the names of their parameters; others are not read. */
export function literalDefaults(fn: UserFunction): Record<string, unknown> {
  const { parts } = writtenParameters(fn);
  const names = namesOf(parts);
  const found = parts.flatMap((part, index): [string, unknown][] => {
    const value = literalValue(DEFAULT.exec(part)?.[1] ?? "");
    return value === undefined ? [] : [[names[index] ?? "", value]];
  });
  return Object.fromEntries(found);
}

/** Of `name = …`, and of `name: other = …` in a pattern. */
const DEFAULT = /^[\p{ID_Continue}$\\{}]+\s*(?::\s*[\p{ID_Continue}$\\{}]+\s*)?=\s*(.+)$/su;

/** Bun writes `true` as `!0` when it loads a file. */
const BOOLEANS: Readonly<Record<string, boolean>> = { "!0": true, "!1": false };

function literalValue(text: string): unknown {
  const written = own(BOOLEANS, text);
  if (written !== undefined) return written;
  if (/^-?\d[\d_]*n$/.test(text)) return BigInt(text.slice(0, -1).replaceAll("_", ""));
  const isSingle = /^'[^'"\\\n]*'$/.test(text);
  return tryParseJson(isSingle ? `"${text.slice(1, -1)}"` : text);
}

function writtenParameters(fn: UserFunction): Pick<CallShape, "style"> & { only: string; parts: string[] } {
  const texts = parameterTexts(fn);
  const [only = ""] = texts;
  const style = texts.length === 1 && only.startsWith("{") ? "object" : "positional";
  return { only, style, parts: style === "object" ? splitTopLevel(only.slice(1)) : texts };
}

/** A pattern has no name: it is called by its place. */
function namesOf(texts: readonly string[]): string[] {
  return texts.map((part, index) => {
    const [, name] = /^(?:\.\.\.)?\s*((?:[\p{ID_Continue}$]|\\u\{[\da-f]+\}|\\u[\da-f]{4})+)/iu.exec(part) ?? [];
    return name === undefined ? `arg${index}` : unescaped(name);
  });
}

/** Bun writes letters beyond ASCII as `\u{f6}` when it loads a file. */
function unescaped(name: string): string {
  return name.replace(/\\u(?:\{([\da-f]+)\}|([\da-f]{4}))/gi, (_, long?: string, short?: string) =>
    String.fromCodePoint(Number.parseInt(long ?? short ?? "", 16)),
  );
}

function parameterTexts(fn: UserFunction): string[] {
  const text = withoutComments(fn.toString());
  const single = /^(?:async\s+)?([\p{ID_Continue}$\\{}]+)\s*=>/u.exec(text)?.[1];
  return single ? [single] : splitTopLevel(text.slice(text.indexOf("(") + 1));
}

/** Right up to the end of the parameters, which is all that is read of it. */
function withoutComments(text: string): string {
  if (!/\/[/*]/.test(text)) return text;
  let kept = "";
  for (let at = 0; at < text.length; at++) {
    const end = endOfLiteral(text, at);
    const next = text[at + 1];
    if (end > at) {
      kept += text.slice(at, end + 1);
      at = end;
    } else if (text[at] === "/" && next === "*") at = endingAt(text, "*/", at) + 1;
    else if (text[at] === "/" && next === "/") at = endingAt(text, "\n", at) - 1;
    else kept += text[at];
  }
  return kept;
}

function endingAt(text: string, end: string, from: number): number {
  const at = text.indexOf(end, from + 2);
  return at < 0 ? text.length : at;
}

/** Splits at commas outside of brackets and literals, up to the bracket that closes the list. */
function splitTopLevel(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let at = 0; at < text.length; at++) {
    at = endOfLiteral(text, at);
    const character = text[at] ?? "";
    if (OPENERS.includes(character)) depth++;
    else if (CLOSERS.includes(character) && depth-- === 0)
      return [...parts, text.slice(start, at)].map((part) => part.trim()).filter((part) => part !== "");
    else if (character === "," && depth === 0) {
      parts.push(text.slice(start, at));
      start = at + 1;
    }
  }
  return parts;
}

/** Where the bracket closes that a text begins with. */
function closingOf(text: string): number {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    at = endOfLiteral(text, at);
    const character = text[at] ?? "";
    if (OPENERS.includes(character)) depth++;
    if (CLOSERS.includes(character) && --depth === 0) return at;
  }
  return text.length;
}

/** Where the text or the regular expression ends that begins at `start`; `start` when none does. */
function endOfLiteral(text: string, start: number): number {
  const opener = text[start] ?? "";
  if (QUOTES.includes(opener)) return endOfQuote(text, start);
  const beginsPattern = opener === "/" && !"/*".includes(text[start + 1] ?? "/");
  // A division follows a value, a pattern never does.
  if (beginsPattern && /[=(,[:?&|!{;]\s*$/.test(text.slice(Math.max(0, start - 20), start))) {
    return endOfPattern(text, start);
  }
  return start;
}

function endOfQuote(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === "\\") at++;
    else if (text[at] === text[start]) return at;
  }
  return text.length;
}

function endOfPattern(text: string, start: number): number {
  let inClass = false;
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === "\\") at++;
    else if (text[at] === "[") inClass = true;
    else if (text[at] === "]") inClass = false;
    else if (text[at] === "/" && !inClass) return at;
  }
  return text.length;
}
