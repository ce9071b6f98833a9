// How things look in a terminal: tables as the old command line drew them, times as people say them.
import { toMillis } from "#lib/timestamps.ts";

/** Heavy head, light body, fitted to the width: the widest column gives way, but ids and times stay whole so that they can be copied. */
export function table(
  title: string,
  head: readonly string[],
  rows: readonly (readonly string[])[],
  width: number,
  caption?: string,
): string {
  const widths = fitted(head, rows, width);
  const line = (cells: readonly string[], edge: string) =>
    `${edge} ${cells.map((cell, index) => clipped(cell, widths[index] ?? 0)).join(` ${edge} `)} ${edge}`;
  const rule = (left: string, fill: string, cross: string, right: string) =>
    left + widths.map((column) => fill.repeat(column + 2)).join(cross) + right;
  const total = widths.reduce((sum, column) => sum + column + 3, 1);
  const centred = (text: string) => text.padStart(Math.floor((total + text.length) / 2));
  return [
    centred(title),
    rule("┏", "━", "┳", "┓"),
    line(head, "┃"),
    rule("┡", "━", "╇", "┩"),
    ...rows.map((row) => line(row, "│")),
    rule("└", "─", "┴", "┘"),
    ...(caption === undefined ? [] : [centred(caption)]),
  ].join("\n");
}

/** Names and values, in groups with a line between: how a single thing is shown. Long values go on below. */
export function recordTable(
  title: string,
  groups: readonly (readonly (readonly [name: string, value: string])[])[],
  width: number,
): string {
  const rows = groups.flat();
  const widest = (index: 0 | 1) => Math.max(1, ...rows.map((row) => Bun.stringWidth(row[index])));
  const names = widest(0);
  const values = Math.max(NARROWEST, Math.min(widest(1), width - names - 7));
  const lines = ([name, value]: readonly [string, string]) =>
    wrapped(value, values).map((part, at) => `│ ${clipped(at ? "" : name, names)} │ ${clipped(part, values)} │`);
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

/** In pieces of at most the width, at spaces where there are any in reach. */
function wrapped(text: string, width: number): string[] {
  return text.split("\n").flatMap((line) => {
    const pieces: string[] = [];
    let rest = [...line];
    while (Bun.stringWidth(rest.join("")) > width) {
      let end = rest.length;
      while (Bun.stringWidth(rest.slice(0, end).join("")) > width) end -= 1;
      const space = rest.lastIndexOf(" ", end);
      const cut = space > 0 ? space : Math.max(1, end);
      pieces.push(rest.slice(0, cut).join(""));
      rest = rest.slice(space > 0 ? cut + 1 : cut);
    }
    return [...pieces, rest.join("")];
  });
}

const NARROWEST = 8;
/** Columns that are never cut. */
const WHOLE = /^(Run )?ID$|Time$/;

function fitted(head: readonly string[], rows: readonly (readonly string[])[], width: number): number[] {
  const widths = head.map((name, index) =>
    rows.reduce((most, row) => Math.max(most, Bun.stringWidth(row[index] ?? "")), name.length),
  );
  const room = width - widths.length * 3 - 1;
  let over = widths.reduce((sum, column) => sum + column, 0) - room;
  while (over > 0) {
    const yielding = widths.map((column, index) => (WHOLE.test(head[index] ?? "") ? 0 : column));
    const widest = yielding.indexOf(Math.max(...yielding));
    if ((yielding[widest] ?? 0) <= NARROWEST) break;
    widths[widest] = (widths[widest] ?? 0) - 1;
    over -= 1;
  }
  return widths;
}

/** Cut or filled to the width: a letter may be two cells wide, or none. */
function clipped(cell: string, width: number): string {
  let text = cell;
  if (Bun.stringWidth(cell) > width) {
    const letters = [...cell];
    while (Bun.stringWidth(letters.join("")) > width - 1) letters.pop();
    text = `${letters.join("")}…`;
  }
  return text + " ".repeat(width - Bun.stringWidth(text));
}

const STEPS: [seconds: number, unit: string][] = [
  [31_536_000, "year"],
  [2_592_000, "month"],
  [604_800, "week"],
  [86_400, "day"],
  [3_600, "hour"],
  [60, "minute"],
  [1, "second"],
];

/** `5 minutes ago`, `in 2 hours`, `now`. Both in milliseconds. */
export function relativeTime(then: number, now: number): string {
  const seconds = Math.abs(then - now) / 1000;
  const step = STEPS.find(([length]) => seconds >= length);
  if (!step) return "now";
  const count = Math.floor(seconds / step[0]);
  const words = `${count} ${step[1]}${count === 1 ? "" : "s"}`;
  return then < now ? `${words} ago` : `in ${words}`;
}

/** `2026-11-23 06:34:15.396`, UTC. */
export function shownTime(timestamp: string): string {
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
