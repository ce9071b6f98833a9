// Values as Python prints them: what `inspect` shows, and what scripts of the old command line's users read.
import { parseTimestamp } from "#lib/timestamps.ts";

/** A line as long as this is still one; where nobody watches, too. */
export const USUAL_WIDTH = 80;

/** On one line: `{'name': 'Ada'}`. */
export function pythonLine(value: unknown): string {
  if (value === null || value === undefined) return "None";
  if (value === true) return "True";
  if (value === false) return "False";
  if (typeof value === "string") return pythonString(value);
  if (typeof value !== "object") return String(value);
  if (Array.isArray(value)) return `[${value.map(pythonLine).join(", ")}]`;
  return `{${Object.entries(value)
    .map(([key, item]) => `${pythonString(key)}: ${pythonLine(item)}`)
    .join(", ")}}`;
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

function spread(value: unknown, { width, indent, before }: Place): string {
  const line = pythonLine(value);
  const fits = indent.length + before + Bun.stringWidth(line) < width;
  if (typeof value !== "object" || value === null || fits || line.length === 2) return line;
  const inner = `${indent}    `;
  const item = (key: string, held: unknown) =>
    inner + key + spread(held, { width, indent: inner, before: Bun.stringWidth(key) });
  const [open, close, lines] = Array.isArray(value)
    ? ["[", "]", value.map((held) => item("", held))]
    : ["{", "}", Object.entries(value).map(([key, held]) => item(`${pythonString(key)}: `, held))];
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

const TIMES = /^(created|updated|timestamp|.*_time)$/;

/** `FlowRun(` with a field on each line; fields that have their defaults are left out. */
export function constructorText(name: string, fields: Record<string, unknown>, width = USUAL_WIDTH): string {
  const said = Object.entries(fields).filter(([, value]) => !isDefault(value));
  const lines = said.map(([key, value]) => {
    const time = TIMES.test(key) && typeof value === "string" ? dateTime(value) : undefined;
    const text = time ?? spread(value, { width, indent: "    ", before: key.length + 1 });
    return `    ${key}=${text},`;
  });
  return `${name}(\n${lines.join("\n")}\n)`;
}

/** Nothing, none, or not: what the fields of runs begin with. */
function isDefault(value: unknown): boolean {
  return (
    value === null || value === undefined || value === 0 || value === false || /^(\[\]|\{\})$/.test(pythonLine(value))
  );
}

/** As pendulum shows it; `undefined` for what is no time. */
function dateTime(text: string): string | undefined {
  const parsed = parseTimestamp(text);
  const parts = parsed === null ? null : /^(\d+)-(\d+)-(\d+)T(\d+):(\d+):(\d+)(?:\.(\d{6}))?/.exec(parsed);
  if (!parts) return undefined;
  return `DateTime(${parts
    .slice(1)
    .map((part) => Number(part ?? 0))
    .join(", ")}, tzinfo=Timezone('+00:00'))`;
}
