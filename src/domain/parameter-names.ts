// The parameter names of a function that is at hand, read from its own text (types are gone by then).
// Enough to label inputs; schemas come from the source file (project/signature).
import type { UserFunction } from "./definitions.ts";

const OPENERS = "([{";
const CLOSERS = ")]}";

/** `async function f(a, b = "x, y", { c } = {}, ...rest)` to `["a", "b", "arg2", "rest"]`. */
export function parameterNames(fn: UserFunction): string[] {
  return parameterTexts(fn).map((part, index) => /^(?:\.\.\.)?\s*([\w$]+)/.exec(part)?.[1] ?? `arg${index}`);
}

/** How named parameters become the arguments of a call. */
export interface CallShape {
  /** `object`: all parameters are properties of one argument, `({ a, b }) => …`. */
  style: "positional" | "object";
  /** In the order of the call. */
  names: string[];
  /** The name of `...rest`: a list of further arguments, or the object of all other properties. */
  rest: string | null;
}

export function callShape(fn: UserFunction): CallShape {
  const texts = parameterTexts(fn);
  const style = texts[0]?.startsWith("{") ? "object" : "positional";
  const parts = style === "object" ? splitTopLevel((texts[0] ?? "").slice(1)) : texts;
  const names = parts.map((part) => /^(?:\.\.\.)?\s*([\w$]+)/.exec(part)?.[1] ?? "");
  const rest = parts.at(-1)?.startsWith("...") ? (names.pop() ?? null) : null;
  return { style, names, rest };
}

function parameterTexts(fn: UserFunction): string[] {
  const text = fn.toString().replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, "");
  const single = /^(?:async\s+)?([\w$]+)\s*=>/.exec(text)?.[1];
  return single ? [single] : splitTopLevel(text.slice(text.indexOf("(") + 1));
}

/** Splits at commas outside of brackets and quotes, up to the bracket that closes the list. */
function splitTopLevel(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text[at] ?? "";
    if (`"'\``.includes(character)) at = endOfQuote(text, at);
    else if (OPENERS.includes(character)) depth++;
    else if (CLOSERS.includes(character) && depth-- === 0)
      return [...parts, text.slice(start, at)].map((part) => part.trim()).filter((part) => part !== "");
    else if (character === "," && depth === 0) {
      parts.push(text.slice(start, at));
      start = at + 1;
    }
  }
  return parts;
}

function endOfQuote(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === "\\") at++;
    else if (text[at] === text[start]) return at;
  }
  return text.length;
}
