// Reads a slice of a log as lines of text, for a file that is sent slice by slice.
import type { Reader } from "#db/connect.ts";
import { all, condition, ROW } from "#db/sql.ts";
import { chosen, IN_ORDER, type LinesMeant, scopeWhere } from "./lines.ts";

const LEVELS: Readonly<Record<number, string>> = {
  10: "DEBUG",
  20: "INFO",
  30: "WARNING",
  40: "ERROR",
  50: "CRITICAL",
};
/** Lines of one slice, and letters after which it ends: others get their turn between two slices. */
const SLICE = 2_000;
const SLICE_LETTERS = 1_000_000;

interface Row {
  place: number;
  timestamp: string;
  level: number;
  name: string;
  message: string;
}

export type Edge = Pick<Row, "timestamp" | "place">;

export interface SliceQuestion {
  meant: LinesMeant;
  /** The last line of the slice before. */
  after: Edge | null;
}

/** Lines as text, and the last of them; null when there are no more. */
export interface Slice {
  text: string;
  last: Edge | null;
}

export function readSlice(q: Reader, { meant, after }: SliceQuestion): Slice {
  const beyond = after ? [condition(`(log.timestamp, log.${ROW}) > (?, ?)`, after.timestamp, after.place)] : [];
  const where = all([scopeWhere(meant), ...chosen(meant), ...beyond]);
  const sql = `select log.${ROW} as place, log.timestamp, log.level, log.name, log.message from log
    where ${where.sql} ${IN_ORDER} limit ${SLICE}`;
  const lines: string[] = [];
  let letters = 0;
  let last: Edge | null = null;
  for (const row of q.each<Row>(sql, ...where.params)) {
    lines.push(lineOf(row));
    letters += row.message.length;
    last = { timestamp: row.timestamp, place: row.place };
    if (letters > SLICE_LETTERS) break;
  }
  return { text: lines.join(""), last };
}

/** A message of many lines stays as it is. */
function lineOf({ timestamp, level, name, message }: Row): string {
  const word = (LEVELS[level] ?? String(level)).padEnd(8);
  return `${timestamp.slice(0, 23)}Z | ${word} | ${name} | ${message}\n`;
}
