// How things look in a terminal: tables as the old command line drew them, times as people say them.
import { toMillis } from "#lib/timestamps.ts";
import { visibleLine } from "#lib/visible.ts";
import { Layout } from "./layout.ts";
import { folded, padded, wrapped } from "./wrap.ts";

/**
 * Heavy head, light body, fitted to the width: the widest column gives way and its words go on in the next line, but ids
 * and times stay whole so that they can be copied.
 */
export function table(
  title: string,
  head: readonly string[],
  rows: readonly (readonly string[])[],
  width: number,
  caption?: string,
): Layout {
  return new Layout((isTerminal) => {
    const shown = isTerminal ? visibleLine : same;
    const cells = rows.map((row) => row.map(isTerminal ? visibleCell : same));
    return drawnTable(shown(title), head, cells, width, caption);
  });
}

function drawnTable(
  title: string,
  head: readonly string[],
  rows: readonly (readonly string[])[],
  width: number,
  caption: string | undefined,
): string {
  const widths = fitted(head, rows, width);
  const rule = (left: string, fill: string, cross: string, right: string) =>
    left + widths.map((column) => fill.repeat(column + 2)).join(cross) + right;
  const total = widths.reduce((sum, column) => sum + column + 3, 1);
  const centred = (text: string) => " ".repeat(Math.max(0, Math.floor((total - Bun.stringWidth(text)) / 2))) + text;
  return [
    centred(title),
    rule("┏", "━", "┳", "┓"),
    ...linesOf(head, widths, "┃"),
    rule("┡", "━", "╇", "┩"),
    ...rows.flatMap((row) => linesOf(row, widths, "│")),
    rule("└", "─", "┴", "┘"),
    ...(caption === undefined ? [] : [centred(caption)]),
  ].join("\n");
}

function same(text: string): string {
  return text;
}

/** A cell may have many lines. */
function visibleCell(text: string): string {
  return text.split("\n").map(visibleLine).join("\n");
}

function linesOf(row: readonly string[], widths: readonly number[], edge: string): string[] {
  const cells = widths.map((width, index) => wrapped(row[index] ?? "", width));
  const height = greatest(cells.map((lines) => lines.length));
  return Array.from({ length: height }, (_, line) => {
    const parts = cells.map((lines, index) => padded(lines[line] ?? "", widths[index] ?? 0));
    return `${edge} ${parts.join(` ${edge} `)} ${edge}`;
  });
}

/** Names and values, in groups with a line between: how a single thing is shown. Long values go on below. */
export function recordTable(
  title: string,
  groups: readonly (readonly (readonly [name: string, value: string])[])[],
  width: number,
): Layout {
  return new Layout((isTerminal) => {
    if (!isTerminal) return drawnRecord(title, groups, width);
    const shown = groups.map((group) =>
      group.map(([name, value]): [string, string] => [visibleLine(name), visibleCell(value)]),
    );
    return drawnRecord(visibleLine(title), shown, width);
  });
}

function drawnRecord(
  title: string,
  groups: readonly (readonly (readonly [name: string, value: string])[])[],
  width: number,
): string {
  const rows = groups.flat();
  const most = (index: 0 | 1) => greatest(rows.map((row) => widest(row[index])));
  const names = most(0);
  const values = Math.max(NARROWEST, Math.min(most(1), width - names - 7));
  const lines = ([name, value]: readonly [string, string]) =>
    folded(value, values).map((part, at) => `│ ${padded(at ? "" : name, names)} │ ${padded(part, values)} │`);
  const rule = (left: string, cross: string, right: string) =>
    `${left}${"─".repeat(names + 2)}${cross}${"─".repeat(values + 2)}${right}`;
  const bodies = groups.filter((group) => group.length > 0).map((group) => group.flatMap(lines).join("\n"));
  return [
    title.padStart(Math.floor((names + values + 7 + title.length) / 2)),
    rule("┌", "┬", "┐"),
    bodies.join(`\n${rule("├", "┼", "┤")}\n`),
    rule("└", "┴", "┘"),
  ].join("\n");
}

const NARROWEST = 8;
/** Columns that are never cut. */
const WHOLE = /^(Run )?ID$|Time$/;
const isWhole = (name: string) => WHOLE.test(name);

function fitted(head: readonly string[], rows: readonly (readonly string[])[], width: number): number[] {
  const room = width - head.length * 3 - 1;
  const widths = head.map((name, index) => {
    const full = rows.reduce((most, row) => Math.max(most, widest(row[index] ?? "")), Bun.stringWidth(name));
    // A column that may give way never keeps more than the room there is.
    return isWhole(name) ? full : Math.min(full, Math.max(room, NARROWEST));
  });
  let over = widths.reduce((sum, column) => sum + column, 0) - room;
  while (over > 0) {
    const yielding = widths.map((column, index) => (isWhole(head[index] ?? "") ? 0 : column));
    const giving = yielding.indexOf(Math.max(...yielding));
    if ((yielding[giving] ?? 0) <= NARROWEST) break;
    widths[giving] = (widths[giving] ?? 0) - 1;
    over -= 1;
  }
  return widths;
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

/** `2026-11-23 06:34:15.396`, UTC. */
export function shownTime(timestamp: string): string {
  // As orch writes them they need no reading: half of the time that a long log takes.
  if (timestamp.length === 32 && timestamp.endsWith("+00:00")) return timestamp.slice(0, 23).replace("T", " ");
  return new Date(toMillis(timestamp)).toISOString().replace("T", " ").slice(0, 23);
}

const UNITS = ["KB", "MB", "GB", "TB"];

/** `812 B`, `1.5 MB`. */
export function sizeText(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  let size = bytes / 1024;
  let unit = 0;
  while (size >= 1024 && unit < UNITS.length - 1) {
    size /= 1024;
    unit += 1;
  }
  return `${size.toFixed(1)} ${UNITS[unit]}`;
}
