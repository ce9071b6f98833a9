// Reads the interval of a schedule as people write it in files, commands and programs: `3600`, `90m`, `1d`, `PT1H`, `01:00:00`.
import { OrchError } from "#lib/errors.ts";
import { isExact } from "#lib/json.ts";
import { spanSeconds } from "../catchup.ts";

/** What an interval may be, for sentences. */
export const INTERVAL_WORDS = "a number of seconds, or a length of time such as 30m, 1h or 1d";

/** Seconds; undefined for what is no length of time. */
export function intervalSeconds(given: unknown): number | undefined {
  const seconds = isExact(given) ? Number(given.rawJSON) : typeof given === "string" ? spanSeconds(given) : given;
  return typeof seconds === "number" && Number.isFinite(seconds) ? seconds : undefined;
}

/** Seconds. Throws `invalid`; `what` names the value in the sentence, such as `'schedule.interval'`. */
export function readInterval(given: unknown, what: string): number {
  const seconds = intervalSeconds(given);
  if (seconds !== undefined) return seconds;
  const shown = typeof given === "string" ? `'${given}'` : JSON.stringify(given);
  throw new OrchError("invalid", `${what} must be ${INTERVAL_WORDS}; not ${shown}.`);
}
