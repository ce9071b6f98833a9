// Values as Python prints them: what `inspect` shows, and what scripts of the old command line's users read.
import { isExact } from "#lib/json.ts";
import { parseTimestamp } from "#lib/timestamps.ts";

/** A line as long as this is still one; where nobody watches, too. */
export const USUAL_WIDTH = 80;

/** An object as its constructor would be called: `QueueFilter(tags=['a'])`. Fields that have their defaults are left out. */
export class Constructed {
  readonly name: string;
  readonly fields: [name: string, value: unknown][];

  constructor(name: string, fields: object) {
    this.name = name;
    this.fields = Object.entries(fields)
      .filter(([, value]) => !isDefault(value))
      .map(([key, value]) => [key, TIMES.test(key) ? asTime(value) : value]);
  }
}

/** Text that stands as it is. */
class Verbatim {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** On one line: `{'name': 'Ada'}`. */
export function pythonLine(value: unknown): string {
  if (value === null || value === undefined) return "None";
  if (value === true) return "True";
  if (value === false) return "False";
  if (typeof value === "string") return pythonString(value);
  if (typeof value !== "object") return String(value);
  if (value instanceof Verbatim) return value.text;
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
  if (value instanceof Constructed) {
    return { open: `${value.name}(`, items: value.fields.map(([key, item]) => [`${key}=`, item]), close: ")" };
  }
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

function isLeaf(value: unknown): value is string | number | bigint | boolean | null | undefined | Verbatim {
  return typeof value !== "object" || value === null || value instanceof Verbatim || isExact(value);
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

const TIMES = /^(created|updated|timestamp|last_polled|.*_time)$/;

/** `FlowRun(` with a field on each line; fields that have their defaults are left out. */
export function constructorText(name: string, fields: object, width = USUAL_WIDTH): string {
  return onLines(new Constructed(name, fields), { width, indent: "" });
}

/** Nothing, none, or not: what the fields of runs begin with. */
function isDefault(value: unknown): boolean {
  return (
    value === null || value === undefined || value === 0 || value === false || /^(\[\]|\{\})$/.test(pythonLine(value))
  );
}

/** As pendulum shows it; what is no time stays what it is. */
function asTime(value: unknown): unknown {
  const parsed = typeof value === "string" ? parseTimestamp(value) : null;
  const parts = parsed === null ? null : /^(\d+)-(\d+)-(\d+)T(\d+):(\d+):(\d+)(?:\.(\d{6}))?/.exec(parsed);
  if (!parts) return value;
  const numbers = parts.slice(1).map((part) => Number(part ?? 0));
  return new Verbatim(`DateTime(${numbers.join(", ")}, tzinfo=Timezone('+00:00'))`);
}
