// How things look in a terminal: tables as the old command line drew them, times as people say them.

import { visibleLine } from "#lib/text/visible.ts";
import { toMillis } from "#lib/time/timestamps.ts";
import { Layout } from "./layout.ts";
import type { DrawnCell } from "./packed-rows.ts";
import { drawnTable } from "./table-layout.ts";

/** What stands in a cell: text, or text with the colour it has. */
export type Cell = string | { text: string; colour: (text: string) => string };

/**
 * Heavy head, light body, fitted to the width. Nothing is ever cut, since commands take names: ids are shortened as far as
 * they stay different, texts of words go on in the next line, and where that is not enough each row stands by itself.
 */
export function table(
  title: string,
  head: readonly string[],
  rows: readonly (readonly Cell[])[],
  width: number,
  caption?: string,
): Layout {
  return new Layout((isTerminal) => {
    const shown = isTerminal ? visibleLine : same;
    const cells = rows.map((row) => row.map((cell) => drawable(cell, isTerminal ? visibleCell : same)));
    return drawnTable({ title: shown(title), head, rows: cells, width, caption });
  });
}

function drawable(cell: Cell, shown: (text: string) => string): DrawnCell {
  return typeof cell === "string" ? { text: shown(cell), colour: same } : { ...cell, text: shown(cell.text) };
}

function same(text: string): string {
  return text;
}

/** A cell may have many lines. */
function visibleCell(text: string): string {
  return text.split("\n").map(visibleLine).join("\n");
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
