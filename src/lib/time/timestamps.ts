// Timestamps are text of one fixed width, UTC, microseconds: `2026-11-23T06:34:15.396005+00:00`.
// So they sort as text, in SQL and in JavaScript, and are stored as they travel.

/** UTC text of fixed width with microseconds, ending in `+00:00`. */
export type Timestamp = string;

/** Milliseconds since 1970 (fractions are microseconds) to a timestamp. */
export function toTimestamp(millis: number): Timestamp {
  const micros = Math.round(millis * 1000);
  const whole = Math.floor(micros / 1000);
  const rest = String(micros - whole * 1000).padStart(3, "0");
  return `${new Date(whole).toISOString().slice(0, 23)}${rest}+00:00`;
}

/** A timestamp to milliseconds since 1970, with its microseconds as the fraction. */
export function toMillis(timestamp: Timestamp): number {
  return Date.parse(`${timestamp.slice(0, 23)}Z`) + Number(timestamp.slice(23, 26)) / 1000;
}

const ISO =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*(Z|z|[+-]\d{2}(?::?\d{2})?)?)?$/;

/** ISO-8601 text to a timestamp; without an offset it is UTC. `null` for text that is no date or time of the calendar. */
export function parseTimestamp(text: string): Timestamp | null {
  const match = ISO.exec(text.trim());
  if (!match) return null;
  const [, year, month, day, hour = "00", minute = "00", second = "00", fraction = "", zone = "Z"] = match;
  const millis = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  if (Number.isNaN(millis) || new Date(millis).getUTCDate() !== Number(day)) return null;
  const micros = Number(fraction.padEnd(6, "0").slice(0, 6));
  return toTimestamp(millis - offsetMillis(zone) + micros / 1000);
}

function offsetMillis(zone: string): number {
  if (zone === "Z" || zone === "z") return 0;
  const digits = zone.slice(1).replace(":", "").padEnd(4, "0");
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2));
  return (zone[0] === "-" ? -minutes : minutes) * 60_000;
}

/** As the old server prints it: without the fraction when it is zero. */
export function printTimestamp(timestamp: Timestamp): string {
  return timestamp.slice(19, 26) === ".000000" ? `${timestamp.slice(0, 19)}+00:00` : timestamp;
}
