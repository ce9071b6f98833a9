// Turns what Prefect's columns hold into what orch's hold.
import { readOwnJson, writeJson } from "#db/codecs.ts";
import { parseTimestamp, type Timestamp } from "#lib/time/timestamps.ts";
import type { SourceRow } from "./source.ts";

type Value = string | number | null | undefined;

/** `2023-04-12 08:00:00.123456`: as SQLAlchemy writes each moment. */
const USUAL_LENGTH = 26;

/** Null for what is no moment. */
export function moment(value: Value): Timestamp | null {
  if (typeof value !== "string") return null;
  if (value.length === USUAL_LENGTH && value[10] === " " && value[19] === ".") {
    return `${value.slice(0, 10)}T${value.slice(11)}+00:00`;
  }
  return parseTimestamp(value);
}

/** A span of time in seconds. SQLAlchemy writes it as the moment so long after 1970. */
export function seconds(value: Value): number {
  if (typeof value === "number") return value;
  const time = moment(value);
  if (time === null) return 0;
  return Number(`${Date.parse(`${time.slice(0, 19)}Z`) / 1000}${time.slice(19, 26)}`); // no sum: it has digits that were not written
}

export function text(value: Value): string | null {
  return value === null || value === undefined ? null : String(value);
}

export function flag(value: Value): number {
  return value ? 1 : 0;
}

/** JSON text, with `usual` for nothing. */
export function json(value: Value, usual: string): string {
  return jsonOrNull(value) ?? usual;
}

/** JSON text; nothing for `null`. */
export function jsonOrNull(value: Value): string | null {
  return value === null || value === undefined || value === "null" ? null : String(value);
}

const STRING_OR_WORD = /"(?:[^"\\]|\\.)*"|-?Infinity|NaN/g;

/** What Python writes and JSON has not becomes null: NaN and Infinity. */
export function jsonOfPython(json: string): string {
  return json.replace(STRING_OR_WORD, (found) => (found.startsWith('"') ? found : "null"));
}

const MOMENTS = new Set(["scheduled_time", "cache_expiration", "pause_timeout"]);

const USUALLY_FALSE = new Set(["untrackable_result", "pause_reschedule"]);

/** Of a state: what says nothing is left out, moments are in UTC. */
export function details(value: Value): string {
  const given = readOwnJson<Record<string, unknown>>(json(value, "{}"));
  const said = Object.entries(given).filter(([key, one]) => one !== null && !(one === false && USUALLY_FALSE.has(key)));
  return writeJson(Object.fromEntries(said.map(([key, one]) => [key, MOMENTS.has(key) ? moment(String(one)) : one])));
}

/** When a row was made and last changed. */
export function made(row: SourceRow): { id: string; created: string; updated: string } {
  const created = moment(row["created"]) ?? EPOCH;
  return { id: String(row["id"]), created, updated: moment(row["updated"]) ?? created };
}

const EPOCH = "1970-01-01T00:00:00.000000+00:00";
