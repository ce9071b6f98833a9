// How far a listener has read: it travels as the id of each event, and says so after a reconnect, to this server or the next.
// States are in the order of their ids, which are made while the database is held for writing: so what is committed later has
// a greater id, but for ids of the same moment made by two processes. The ids of logs are made by those who write them, long
// before they arrive; their row numbers are in the order of arrival.
import { parseId } from "#lib/ids.ts";
import { type Timestamp, toMillis, toTimestamp } from "#lib/time/timestamps.ts";

export interface Position {
  /** The id of the last state. */
  row: string;
  /** When the last record was changed. */
  changed: Timestamp;
  /** The number of the last log's row. */
  log: number;
  /** The number of the last deletion. */
  deletion: number;
}

export function positionText({ row, changed, log, deletion }: Position): string {
  return `${row}.${Math.round(toMillis(changed) * 1000)}.${log}.${deletion}`;
}

/** `undefined` for a text that is none. */
export function parsePosition(text: string): Position | undefined {
  const parts = /^([0-9a-f-]{36})\.(\d{1,16})\.(\d{1,15})\.(\d{1,15})$/.exec(text) ?? [];
  const [, id = "", micros = "", log = "", deletion = ""] = parts;
  const row = parseId(id);
  if (row === null) return undefined;
  return { row, changed: toTimestamp(Number(micros) / 1000), log: Number(log), deletion: Number(deletion) };
}

/** The least id of `millis` before the one given. */
export function idBefore(id: string, millis: number): string {
  const time = Math.max(0, Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16) - millis);
  const hex = time.toString(16).padStart(12, "0");
  return `${hex.slice(0, 8)}-${hex.slice(8)}-0000-0000-000000000000`;
}

export function timeBefore(timestamp: Timestamp, millis: number): Timestamp {
  return toTimestamp(toMillis(timestamp) - millis);
}
