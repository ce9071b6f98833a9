// The parameter names of a function that is at hand, read from its own text (types are gone by then).
// Enough to label inputs; schemas come from the source file (project/signature).
import type { UserFunction } from "./definitions.ts";

const OPENERS = "([{";
const CLOSERS = ")]}";

/** `async function f(a, b = "x, y", { c } = {}, ...rest)` to `["a", "b", "arg2", "rest"]`. */
export function parameterNames(fn: UserFunction): string[] {
  const text = fn.toString().replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, "");
  const single = /^(?:async\s+)?([\w$]+)\s*=>/.exec(text);
  if (single?.[1]) return [single[1]];
  return splitTopLevel(text.slice(text.indexOf("(") + 1)).map((part, index) => {
    const name = /^(?:\.\.\.)?\s*([\w$]+)/.exec(part.trim())?.[1];
    return name ?? `arg${index}`;
  });
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
    else if (CLOSERS.includes(character) && depth-- === 0) return [...parts, text.slice(start, at)].filter(notBlank);
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

function notBlank(part: string): boolean {
  return part.trim() !== "";
}
