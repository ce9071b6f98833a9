// Where text stops being JSON, and why, in the words of Python's parser: the old server's clients see them in a 422.

export interface JsonFault {
  msg: string;
  /** Characters from the start. */
  pos: number;
  lineno: number;
  colno: number;
}

class Fault extends Error {
  readonly pos: number;
  constructor(message: string, pos: number) {
    super(message);
    this.pos = pos;
  }
}

/** Of text that JSON.parse refuses, and that is not nested deeper than a text may be (lib/limits.ts). */
export function jsonFault(text: string): JsonFault {
  const { message: msg, pos } = faultOf(text);
  const before = text.slice(0, pos);
  let lineno = 1;
  for (let at = before.indexOf("\n"); at !== -1; at = before.indexOf("\n", at + 1)) lineno += 1;
  return { msg, pos, lineno, colno: pos - before.lastIndexOf("\n") };
}

function faultOf(text: string): { message: string; pos: number } {
  try {
    const end = skip(text, value(text, skip(text, 0)));
    return { message: "Extra data", pos: end };
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  }
}

const SPACE = /[ \t\n\r]*/y;

function skip(text: string, at: number): number {
  SPACE.lastIndex = at;
  SPACE.test(text);
  return SPACE.lastIndex;
}

const SCALAR = /(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?)/y;

/** Each takes where its part begins and gives where it ends. */
function value(text: string, at: number): number {
  const first = text[at];
  if (first === "{") return object(text, at);
  if (first === "[") return array(text, at);
  if (first === '"') return string(text, at);
  SCALAR.lastIndex = at;
  const [scalar] = SCALAR.exec(text) ?? [];
  if (scalar === undefined) throw new Fault("Expecting value", at);
  return at + scalar.length;
}

function object(text: string, begin: number): number {
  let at = skip(text, begin + 1);
  if (text[at] === "}") return at + 1;
  for (;;) {
    if (text[at] !== '"') throw new Fault("Expecting property name enclosed in double quotes", at);
    at = skip(text, string(text, at));
    if (text[at] !== ":") throw new Fault("Expecting ':' delimiter", at);
    at = skip(text, value(text, skip(text, at + 1)));
    if (text[at] === "}") return at + 1;
    if (text[at] !== ",") throw new Fault("Expecting ',' delimiter", at);
    at = skip(text, at + 1);
  }
}

function array(text: string, begin: number): number {
  let at = skip(text, begin + 1);
  if (text[at] === "]") return at + 1;
  for (;;) {
    at = skip(text, value(text, at));
    if (text[at] === "]") return at + 1;
    if (text[at] !== ",") throw new Fault("Expecting ',' delimiter", at);
    at = skip(text, at + 1);
  }
}

/** What may follow in a text and ends nothing. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON excludes them
const PLAIN = /[^"\\\x00-\x1f]*/y;

function afterPlain(text: string, at: number): number {
  PLAIN.lastIndex = at;
  PLAIN.test(text);
  return PLAIN.lastIndex;
}

function string(text: string, begin: number): number {
  for (let at = afterPlain(text, begin + 1); at < text.length; at = afterPlain(text, at + 1)) {
    const character = text[at] ?? "";
    if (character === '"') return at + 1;
    if (character < " ") throw new Fault("Invalid control character at", at);
    at += 1;
    if (text[at] === "u" && !/^[0-9a-fA-F]{4}/.test(text.slice(at + 1))) throw new Fault("Invalid \\uXXXX escape", at);
    if (!'"\\/bfnrtu'.includes(text[at] ?? "")) throw new Fault("Invalid \\escape", at - 1);
  }
  throw new Fault("Unterminated string starting at", begin);
}
