// Reads `--since`: how far back to look, as a length of time or as a moment.
import { spanSeconds } from "#domain/catchup.ts";
import { OrchError } from "#lib/errors.ts";
import { parseTimestamp, toMillis } from "#lib/time/timestamps.ts";

export const SINCE_OPTION = {
  since: {
    type: "string",
    description: "Only runs that ended after this, or still go on: 30m, 2h, 7d, or a date such as 2026-11-23, in UTC.",
  },
} as const;

/** The moment in milliseconds; undefined when nothing was given. Throws `invalid`. */
export function readSince(text: string | undefined, now: number): number | undefined {
  if (text === undefined) return undefined;
  const moment = parseTimestamp(text);
  if (moment !== null) return toMillis(moment);
  // A number alone may be a year, and `10:30` a time of day.
  const seconds = /^[\d.:\s]+$/.test(text) ? undefined : spanSeconds(text.replace(/\s+ago\s*$/i, ""));
  if (seconds !== undefined && seconds >= 0) return now - seconds * 1_000;
  throw new OrchError(
    "invalid",
    `--since is '${text}': give a length of time such as 30m, 2h or 7d, or a date such as 2026-11-23.`,
  );
}
