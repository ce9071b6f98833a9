// Aligned columns without lines: the last column takes what room is left, and goes on below where there is too little.
import { visibleLine } from "#lib/text/visible.ts";
import { Layout } from "./layout.ts";
import { folded, padded } from "./wrap.ts";

const GAP = 2;
/** Narrower than this, the last column stands below the others. */
const LEAST = 28;

/** Only the last column is ever broken, between words. `head` may be empty. */
export function columns(head: readonly string[], rows: readonly (readonly string[])[], width: number): Layout {
  return new Layout((isTerminal) => {
    const shown = rows.map((row) => (isTerminal ? row.map(visibleLine) : row));
    const all = head.length > 0 ? [head, ...shown] : shown;
    const lead = (all[0] ?? []).slice(0, -1);
    const widths = lead.map((_, at) => Math.max(...all.map((row) => Bun.stringWidth(row[at] ?? ""))));
    const indent = widths.reduce((sum, one) => sum + one + GAP, 0);
    const isBeside = width - indent >= LEAST;
    const body = isBeside ? all : [[...head.slice(0, -1), ""], ...shown];
    return body.flatMap((row) => drawn(row, widths, isBeside ? indent : 4, isBeside, width)).join("\n");
  });
}

function drawn(row: readonly string[], widths: number[], indent: number, isBeside: boolean, width: number): string[] {
  const start = widths.map((one, at) => padded(row[at] ?? "", one) + " ".repeat(GAP)).join("");
  const last = row.at(-1) ?? "";
  const lines = last === "" ? [] : folded(last, Math.max(width - indent, LEAST));
  const below = (line: string) => " ".repeat(indent) + line;
  if (!isBeside) return [start.trimEnd(), ...lines.map(below)];
  const [first = "", ...rest] = lines;
  return [`${start}${first}`.trimEnd(), ...rest.map(below)];
}
