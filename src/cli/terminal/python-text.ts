// Writes values as Python prints them: what `deployment inspect` gives to a pipe, as the documentation page shows it.
import { isExact } from "#lib/json.ts";

/** A line as long as this is still one; in a pipe too. */
export const USUAL_WIDTH = 80;

/** On one line: `{'name': 'Ada'}`. */
export function pythonLine(value: unknown): string {
  if (value === null || value === undefined) return "None";
  if (value === true) return "True";
  if (value === false) return "False";
  if (typeof value === "string") return pythonString(value);
  if (typeof value !== "object") return String(value);
  if (isExact(value)) return value.rawJSON;
  const { open, items, close } = partsOf(value);
  return `${open}${items.map(([key, item]) => key + pythonLine(item)).join(", ")}${close}`;
}

interface Parts {
  open: string;
  items: [key: string, value: unknown][];
  close: string;
}

function partsOf(value: object): Parts {
  if (Array.isArray(value)) return { open: "[", items: value.map((item) => ["", item]), close: "]" };
  return {
    open: "{",
    items: Object.entries(value).map(([key, item]) => [`${pythonString(key)}: `, item]),
    close: "}",
  };
}

/** Lists and objects are spread over lines when they do not fit on one. */
export function pythonValue(value: unknown, width = USUAL_WIDTH): string {
  return spread(value, { width, indent: "", before: 0 });
}

interface Place {
  width: number;
  indent: string;
  /** Letters that stand before the value on its line. */
  before: number;
}

function spread(value: unknown, place: Place): string {
  if (isLeaf(value)) return pythonLine(value);
  const line = lineWithin(value, place.width * MOST_UNITS);
  if (line === undefined) return onLines(value, place);
  const fits = place.indent.length + place.before + Bun.stringWidth(line) < place.width;
  return fits || line.length === 2 ? line : onLines(value, place);
}

/** Code units of a letter that are counted for one cell: a longer line does not fit, whatever it is made of. */
const MOST_UNITS = 8;

function isLeaf(value: unknown): value is string | number | bigint | boolean | null | undefined {
  return typeof value !== "object" || value === null || isExact(value);
}

/** As pythonLine; `undefined` as soon as it is longer, so that a container costs no more than is printed. */
function lineWithin(value: unknown, most: number): string | undefined {
  if (isLeaf(value)) {
    const line = pythonLine(value);
    return line.length <= most ? line : undefined;
  }
  const { open, items, close } = partsOf(value as object); // what is no leaf is one
  let text = open;
  for (const [index, [key, item]] of items.entries()) {
    text += (index === 0 ? "" : ", ") + key;
    const rest = lineWithin(item, most - text.length);
    if (rest === undefined) return undefined;
    text += rest;
  }
  return text.length + close.length <= most ? text + close : undefined;
}

function onLines(value: object, { width, indent }: Pick<Place, "width" | "indent">): string {
  const { open, items, close } = partsOf(value);
  const inner = `${indent}    `;
  const lines = items.map(
    ([key, item]) => inner + key + spread(item, { width, indent: inner, before: Bun.stringWidth(key) }),
  );
  return `${open}\n${lines.join(",\n")}\n${indent}${close}`;
}

function pythonString(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const escaped = text
    .replaceAll("\\", "\\\\")
    .replaceAll("\n", "\\n")
    .replaceAll("\r", "\\r")
    .replaceAll("\t", "\\t")
    .replaceAll("\x1b", "\\x1b")
    .replaceAll(quote, `\\${quote}`);
  return `${quote}${escaped}${quote}`;
}
