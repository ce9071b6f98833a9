// Draws a table that fits a terminal without cutting what people copy.
import { type DrawnCell, type DrawnTable, packedRows } from "./packed-rows.ts";
import { shortIds } from "./short-ids.ts";
import { folded, padded } from "./wrap.ts";

const NARROWEST = 8;
/** Columns of ids that other columns can stand for: there is a name beside them, and commands take their beginnings. */
const IDS = /^(?:Run |Deployment )?ID$/;
/** Columns of what commands take, and of times: they never break. */
const NAMES = /(?:Name|Flow|Deployment|Queue|Pool|Key|Tag|Slug|Block|ID|Time)$/;
/** Columns of free text, which may break anywhere. In all others words stay whole. */
const TEXTS = /^(?:Description|Value|Filter|Base Job Template)/;

/** A box with more lines a row than this is hard to read. */
const MOST_LINES = 2;
/** The title, the head and the rules of a box. */
const FRAME_LINES = 6;

/** In a box where it fits well, else with a few lines a row, else with each row's cells below one another. */
export function drawnTable(table: DrawnTable): string {
  const { head, width } = table;
  const full = widthsOf(table);
  if (fits(full, width)) return boxed(table, full);
  const shortened = withShortIds(table);
  const wanted = widthsOf(shortened);
  const least = head.map((name, index) => Math.min(wanted[index] ?? 0, leastOf(name, shortened.rows, index)));
  const widths = fitted(least, wanted, width);
  const inBox = widths && boxed(shortened, widths);
  const inRows = packedRows(shortened, { widths: wanted, least });
  if (inBox === undefined || inRows === undefined) return inBox ?? inRows ?? stacked(table);
  const isTall = linesIn(inBox) > MOST_LINES * table.rows.length + FRAME_LINES;
  return isTall && linesIn(inRows) < linesIn(inBox) ? inRows : inBox;
}

function linesIn(text: string): number {
  return text.split("\n").length;
}

function boxed({ title, head, rows, caption }: DrawnTable, widths: readonly number[]): string {
  const rule = (left: string, fill: string, cross: string, right: string) =>
    left + widths.map((column) => fill.repeat(column + 2)).join(cross) + right;
  const total = widths.reduce((sum, column) => sum + column + 3, 1);
  const centred = (text: string) => " ".repeat(Math.max(0, Math.floor((total - Bun.stringWidth(text)) / 2))) + text;
  const names = head.map((text) => ({ text, colour: (part: string) => part }));
  return [
    centred(title),
    rule("┏", "━", "┳", "┓"),
    ...linesOf(names, widths, "┃"),
    rule("┡", "━", "╇", "┩"),
    ...rows.flatMap((row) => linesOf(row, widths, "│")),
    rule("└", "─", "┴", "┘"),
    ...(caption === undefined ? [] : [centred(caption)]),
  ].join("\n");
}

function linesOf(row: readonly DrawnCell[], widths: readonly number[], edge: string): string[] {
  const cells = widths.map((width, index) => folded(row[index]?.text ?? "", width));
  const height = greatest(cells.map((lines) => lines.length));
  return Array.from({ length: height }, (_, line) => {
    const parts = cells.map((lines, index) => {
      const text = lines[line] ?? "";
      const rest = padded(text, widths[index] ?? 0).slice(text.length);
      return (text === "" ? "" : (row[index]?.colour(text) ?? text)) + rest;
    });
    return `${edge} ${parts.join(` ${edge} `)} ${edge}`;
  });
}

/**
 * Each row by itself: its first cell, and below it the others with their names. Nothing is folded, so all can be copied. A
 * row has a bullet, and further lines of a cell a mark, so that no text of others looks like a line of orch.
 */
function stacked({ title, head, rows, caption }: DrawnTable): string {
  const names = greatest(head.slice(1).map((name) => Bun.stringWidth(name)));
  const blocks = rows.map(([first, ...others]) => [
    `• ${first ? coloured(first) : ""}`,
    ...others.flatMap((cell, index) =>
      cell.text === "" ? [] : [`  ${padded(head[index + 1] ?? "", names)}  ${coloured(cell)}`],
    ),
  ]);
  return [title, "", ...blocks.flat(), ...(caption === undefined ? [] : ["", caption])].join("\n");
}

function coloured({ text, colour }: DrawnCell): string {
  return text.split("\n").map(colour).join("\n  | ");
}

function widthsOf({ head, rows }: DrawnTable): number[] {
  return head.map((name, index) =>
    rows.reduce((most, row) => Math.max(most, widest(row[index]?.text ?? "")), Bun.stringWidth(name)),
  );
}

function fits(widths: readonly number[], width: number): boolean {
  return widths.reduce((sum, column) => sum + column + 3, 1) <= width;
}

function withShortIds(table: DrawnTable): DrawnTable {
  const columns = table.head.map((name, index) =>
    IDS.test(name) && table.head.length > 1 ? shortIds(table.rows.map((row) => row[index]?.text ?? "")) : undefined,
  );
  const rows = table.rows.map((row, at) =>
    row.map((cell, index) => ({ ...cell, text: columns[index]?.[at] ?? cell.text })),
  );
  return { ...table, rows };
}

/** Takes width from the widest columns until the row fits; undefined when a name would have to break. */
function fitted(least: readonly number[], full: readonly number[], width: number): number[] | undefined {
  const widths = [...full];
  const room = width - full.length * 3 - 1;
  for (let over = widths.reduce((sum, column) => sum + column, 0) - room; over > 0; over -= 1) {
    const yielding = widths.map((column, index) => (column > (least[index] ?? 0) ? column : 0));
    const widestOne = Math.max(...yielding);
    if (widestOne === 0) return undefined;
    const giving = yielding.indexOf(widestOne);
    widths[giving] = widestOne - 1;
  }
  return widths;
}

/** The head breaks at its spaces. */
function leastOf(name: string, rows: DrawnTable["rows"], index: number): number {
  const texts = TEXTS.test(name) ? [] : rows.map((row) => row[index]?.text ?? "");
  const pieces = NAMES.test(name)
    ? [...name.split(" "), ...texts]
    : [name, ...texts].flatMap((text) => text.split(/\s+/));
  return greatest(pieces.map(widest), NARROWEST);
}

function widest(cell: string): number {
  return greatest(
    cell.split("\n").map((line) => Bun.stringWidth(line)),
    0,
  );
}

/** Math.max takes no more numbers than fit on the stack. */
function greatest(numbers: readonly number[], least = 1): number {
  return numbers.reduce((most, number) => Math.max(most, number), least);
}
