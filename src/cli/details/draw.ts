// Draws one thing for people: its name, then its fields, one below the other, with their values in one column.
import { isExact } from "#lib/json.ts";
import { visible, visibleLine } from "#lib/text/visible.ts";
import { Layout } from "../terminal/layout.ts";
import { folded, padded } from "../terminal/wrap.ts";

/** A name and its value: text, or data, which is drawn over lines when it has parts. */
export interface Field {
  label: string;
  value: unknown;
  /** Colours each line of the value. */
  colour?: (text: string) => string;
}

const GAP = 2;
/** Values are never narrower. */
const LEAST = 24;
/** Inside of data a terminal gets so much of a text: a parameter may have a megabyte. */
const MOST_LETTERS = 2_000;

/** `groups` have an empty line between them; those without fields are left out. `width`: columns of the terminal. */
export function details(title: string, groups: readonly (readonly Field[])[], width: number): Layout {
  return new Layout((isTerminal) => {
    const name = isTerminal ? visibleLine : same;
    const shown: Shown = isTerminal ? visible : same;
    const inData: Shown = isTerminal ? (text) => visible(shortened(text)) : same;
    const labels = groups.flat().map(({ label }) => Bun.stringWidth(name(label)) + 1);
    const column = Math.max(0, ...labels) + GAP;
    const room = Math.max(LEAST, width - column);
    const drawn = ({ label, value, colour = same }: Field): string[] =>
      valueLines(value, room, { shown, inData }).map((line, at) => {
        return `${padded(at === 0 ? `${name(label)}:` : "", column)}${colour(line)}`.trimEnd();
      });
    const blocks = groups.filter((group) => group.length > 0).map((group) => group.flatMap(drawn).join("\n"));
    return [name(title), ...blocks].filter((block) => block !== "").join("\n\n");
  });
}

function same(text: string): string {
  return text;
}

/** What a terminal must not get is replaced before a line is measured. */
type Shown = (text: string) => string;

function shortened(text: string): string {
  if (text.length <= MOST_LETTERS) return text;
  return `${text.slice(0, MOST_LETTERS).replace(/[\ud800-\udbff]$/, "")}… (${text.length} characters; --json prints all)`;
}

function valueLines(value: unknown, room: number, { shown, inData }: Record<"shown" | "inData", Shown>): string[] {
  if (typeof value === "string") return folded(shown(value), room);
  if (!hasParts(value)) return folded(shown(scalarText(value)), room);
  const isPlainList = Array.isArray(value) && !value.some(hasParts);
  return isPlainList ? folded(inData(value.map(scalarText).join(", ")), room) : partLines(value, room, inData);
}

/** `name: Ada`, or `- one`: a line for each part; parts with parts stay on their line where they fit. */
function partLines(value: object, room: number, shown: Shown): string[] {
  const parts = Array.isArray(value)
    ? value.map((item) => ["-", item] as const)
    : Object.entries(value).map(([key, item]) => [`${shown(key.replaceAll("\n", "\\n"))}:`, item] as const);
  return parts.flatMap(([lead, item]) => {
    const line = `${lead} ${shown(hasParts(item) ? inline(item) : scalarText(item))}`;
    const fits = !line.includes("\n") && Bun.stringWidth(line) <= room;
    if (fits) return [line];
    const narrower = Math.max(LEAST, room - GAP);
    const below = hasParts(item) ? partLines(item, narrower, shown) : folded(shown(scalarText(item)), narrower);
    return [lead, ...below.map((one) => " ".repeat(GAP) + one)];
  });
}

function hasParts(value: unknown): value is object {
  return typeof value === "object" && value !== null && !isExact(value) && Object.keys(value).length > 0;
}

/** Text as it is, except where it would read as something else: `"5"`, `"true"`, `""`. */
function scalarText(value: unknown): string {
  if (typeof value !== "string") return inline(value);
  return value === "" || value !== value.trim() || /^(?:true|false|null|[-\d.][-+\d.e]*|[[{"].*)$/is.test(value)
    ? JSON.stringify(value)
    : value;
}

/**
 * JSON on one line, with a space after commas and colons.
 *
 * @example
 * inline({ name: "Ada", all: [1, 2] }); // {"name": "Ada", "all": [1, 2]}
 */
export function inline(value: unknown): string {
  if (value === undefined) return "null";
  if (typeof value !== "object" || value === null || isExact(value)) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(inline).join(", ")}]`;
  const parts = Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}: ${inline(item)}`);
  return `{${parts.join(", ")}}`;
}
