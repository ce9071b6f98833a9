// Reads YAML as PyYAML's safe loader does, to JSON with typed words in it. What is wrong is one sentence with the file and the line.
import type { Alias, Document, Node, Scalar } from "yaml";
import { type Typed, TypedWord } from "#domain/parameters/typed-values.ts";
import { isWholeNumber, plainValue, typedWord } from "#domain/yaml-values.ts";
import { OrchError } from "#lib/errors.ts";
import { exactNumber, isExact, isTooDeep } from "#lib/json.ts";
import { MOST_LEVELS } from "#lib/limits.ts";
import { yaml } from "./yaml-library.ts";

const TOO_DEEP = `it is nested deeper than ${MOST_LEVELS} levels`;
/** PyYAML takes these characters, line breaks and tabs for text, and no others. */
const UNPRINTABLE = /[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;

/** The fields of a mapping. Throws `invalid` for anything else. */
export function readYamlMapping(text: string, path: string): Record<string, Typed> {
  const lines = new yaml.LineCounter();
  const refuse = (why: string, offset?: number, cause?: unknown) => {
    const { line, col } = lines.linePos(offset ?? 0);
    const place = offset === undefined ? "" : `, line ${line}, column ${col}`;
    return new OrchError("invalid", `'${path}' is not valid YAML${place}: ${why.replace(/\.?$/, ".")}`, { cause });
  };
  refuseUnprintable(text, path);
  // All words are text at first, `schema: "failsafe"`; our own table says what they mean.
  const options = { lineCounter: lines, prettyErrors: false, schema: "failsafe", merge: true } as const;
  const document = yaml.parseDocument(text, options);
  const [error] = document.errors;
  if (error) throw refuse(reasonOf(error), error.pos[0]);
  if (!yaml.isMap(document.contents))
    throw new OrchError("invalid", `'${path}' is not a deployment file: it is no mapping.`);
  yaml.visit(document, {
    Alias(_key, alias, ancestors) {
      const why = faultOfAlias(alias, document, ancestors);
      if (why) throw refuse(why, alias.range?.[0]);
    },
    Pair(_key, { key, value }) {
      if (!yaml.isScalar(key)) throw refuse("a key is a word, not a list or a mapping", rangeOf(key));
      const merged = yaml.isAlias(value) ? value.resolve(document) : value;
      if (key.source === "<<" && !key.type?.startsWith("QUOTE") && !yaml.isMap(merged) && !yaml.isSeq(merged))
        throw refuse("'<<' takes a mapping, or a list of mappings", rangeOf(value) ?? rangeOf(key));
    },
    Collection(_key, node) {
      if (node.tag && !isOwnTag(node)) throw refuse(unknownTag(node.tag), node.range?.[0]);
    },
    Scalar(key, node) {
      if (key === "key") return;
      // The library reads some tags by its own rules: its source is what was written.
      if (node.tag) node.value = taggedValue(node, node.source ?? "", (why) => refuse(why, node.range?.[0]));
      else if (node.type === "PLAIN" && typeof node.value === "string") node.value = typedWord(node.value);
    },
  });
  try {
    const fields: unknown = document.toJS();
    if (!isTooDeep(fields)) return fields as Record<string, Typed>; // YAML of such values is JSON with words in it
  } catch (failure) {
    const { message } = failure instanceof Error ? failure : { message: String(failure) };
    if (/alias count/.test(message)) throw refuse(BOMB, firstAlias(document), failure);
    throw refuse(/call stack/.test(message) ? TOO_DEEP : message, undefined, failure);
  }
  throw refuse(TOO_DEEP);
}

const BOMB = "its aliases expand to more than a hundred times its size";

/** The library's own sentence, but where it speaks to programmers. */
function reasonOf({ message, code }: { message: string; code: string }): string {
  if (/call stack/.test(message)) return TOO_DEEP;
  return code === "MULTIPLE_DOCS" ? "a deployment file is one document: nothing may follow '---'" : message;
}

/** Throws `invalid`, also for text that was not UTF-8. */
function refuseUnprintable(text: string, path: string): void {
  const at = text.search(UNPRINTABLE);
  if (at < 0) return;
  const line = text.slice(0, at).split(/\r\n|\r|\n/).length;
  const code = (text.codePointAt(at) ?? 0).toString(16).toUpperCase().padStart(4, "0");
  const sentence = `the character U+${code} is no text: write it as an escape in double quotes`;
  throw new OrchError("invalid", `'${path}' is not valid YAML, line ${line}: ${sentence}.`);
}

/** Text of a file, which is UTF-8, or UTF-16 with a mark. Throws `invalid` with the line. */
export function decodedYaml(bytes: Uint8Array, path: string): string {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return new TextDecoder("utf-16le").decode(bytes);
  if (first === 0xfe && second === 0xff) return new TextDecoder("utf-16be").decode(bytes);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    const text = new TextDecoder("utf-8").decode(bytes);
    const at = text.indexOf("\ufffd");
    const line = text.slice(0, at).split(/\r\n|\r|\n/).length;
    throw new OrchError("invalid", `'${path}' is not UTF-8, line ${line}: save the file as UTF-8.`, { cause });
  }
}

function faultOfAlias(alias: Alias, document: Document, ancestors: readonly unknown[]): string | undefined {
  const target: Node | undefined = alias.resolve(document);
  if (!target) return `there is no anchor '&${alias.source}' before '*${alias.source}'`;
  if (ancestors.some((ancestor) => ancestor === target)) return `'*${alias.source}' holds itself`;
  return undefined;
}

function firstAlias(document: Document): number | undefined {
  let found: number | undefined;
  yaml.visit(document, {
    Alias(_key, { range }) {
      found = range?.[0];
      return yaml.visit.BREAK;
    },
  });
  return found;
}

function rangeOf(node: unknown): number | undefined {
  return yaml.isNode(node) ? node.range?.[0] : undefined;
}

const CORE = "tag:yaml.org,2002:";

function isOwnTag(node: Node): boolean {
  return node.tag === "!" || node.tag === (yaml.isMap(node) ? `${CORE}map` : `${CORE}seq`);
}

function unknownTag(tag: string): string {
  const shown = tag.startsWith(CORE) ? `!!${tag.slice(CORE.length)}` : tag;
  return `the tag '${shown}' makes nothing that JSON could hold: write a plain value`;
}

/** As PyYAML reads a word with a core tag; moments stay text, as they do without one. */
function taggedValue(node: Scalar, text: string, refuse: (why: string) => OrchError): Typed {
  const tag = node.tag ?? "";
  const isNumber = (value: Typed) => typeof value === "number" || isExact(value);
  const wrong = (kind: string) => refuse(`'${text}' is no ${kind}`);
  const value = plainValue(text);
  switch (tag) {
    case "!":
    case `${CORE}str`:
    case `${CORE}timestamp`:
      return text;
    case `${CORE}null`:
      return null;
    case `${CORE}bool`:
      if (typeof value !== "boolean") throw wrong("truth value");
      return new TypedWord(text, value);
    case `${CORE}int`:
      if (!isWholeNumber(text)) throw wrong("whole number");
      return value;
    case `${CORE}float`:
      if (isNumber(value)) return asFloat(value);
      if (!Number.isFinite(Number(text)) || text.trim() === "") throw wrong("number that JSON could hold");
      return asFloat(Number(text));
    default:
      throw refuse(unknownTag(tag));
  }
}

/** With a fraction, as Python's floats have one. */
function asFloat(value: Typed): Typed {
  const text = isExact(value) ? value.rawJSON : String(value);
  return /[.e]/i.test(text) ? value : exactNumber(`${text}.0`);
}
