// Draws the rows of a table that is too wide for its box: each row on two or three lines, aligned with the head.
import { folded, padded } from "./wrap.ts";

export interface DrawnCell {
  text: string;
  /** Colours a piece of the text, after it was measured. */
  colour: (text: string) => string;
}

export interface DrawnTable {
  title: string;
  head: readonly string[];
  rows: readonly (readonly DrawnCell[])[];
  /** Of the terminal. */
  width: number;
  caption: string | undefined;
}

const GAP = 2;
/** Before each line: a bullet where a row begins, so that no text of others looks like a line of orch. */
const INDENT = 2;
/** With more lines the head no longer explains them. */
const MOST_LINES = 3;
/** A text that may break gets at least this width beside other columns. */
const LEAST_TEXT = 24;

interface Column {
  index: number;
  width: number;
}

export interface PackedOptions {
  /** The widest text of each column. */
  widths: readonly number[];
  /** The narrowest that each column may be. */
  least: readonly number[];
}

/** Undefined where a name would have to break, a cell has many lines, or a row would need more than three lines. */
export function packedRows(table: DrawnTable, { widths, least }: PackedOptions): string | undefined {
  const room = table.width - INDENT;
  const hasManyLines = table.rows.some((row) => row.some(({ text }) => text.includes("\n")));
  if (hasManyLines || least.some((one) => one > room)) return undefined;
  const lines = packed(widths, least, room);
  if (lines.length > MOST_LINES) return undefined;
  const head = table.head.map((text) => ({ text, colour: (part: string) => part }));
  const total = Math.max(...lines.map(widthOf)) + INDENT;
  return [
    table.title,
    "",
    ...rowLines(head, lines, " "),
    "─".repeat(total),
    ...table.rows.flatMap((row) => rowLines(row, lines, "•")),
    ...(table.caption === undefined ? [] : ["", table.caption]),
  ].join("\n");
}

/** The columns of each line, in their order. */
function packed(widths: readonly number[], least: readonly number[], room: number): Column[][] {
  const lines: Column[][] = [];
  for (const [index, width] of widths.entries()) {
    const line = lines.at(-1);
    const left = line === undefined ? 0 : room - widthOf(line) - GAP;
    const narrow = Math.max(LEAST_TEXT, least[index] ?? 0);
    if (line && width <= left) line.push({ index, width });
    else if (line && narrow < width && narrow <= left) line.push({ index, width: left });
    else lines.push([{ index, width: Math.min(width, room) }]);
  }
  return lines;
}

function widthOf(line: readonly Column[]): number {
  return line.reduce((sum, { width }) => sum + width + GAP, -GAP);
}

function rowLines(row: readonly DrawnCell[], lines: readonly Column[][], mark: string): string[] {
  const drawn = lines.flatMap((line) => {
    const cells = line.map(({ index, width }) => folded(row[index]?.text ?? "", width));
    const height = Math.max(...cells.map((parts) => parts.length));
    return Array.from({ length: height }, (_, at) =>
      line
        .map(({ index, width }, column) => {
          const text = cells[column]?.[at] ?? "";
          const rest = padded(text, width).slice(text.length);
          return text === "" ? rest : (row[index]?.colour(text) ?? text) + rest;
        })
        .join(" ".repeat(GAP))
        .trimEnd(),
    );
  });
  return drawn.filter((text) => text !== "").map((text, at) => `${at === 0 ? mark : " "} ${text}`);
}
