// The header `Prefer: wait=N` (RFC 7240): how long a client is ready to wait for its answer.
import { OrchError } from "#lib/errors.ts";
import { MOST_HELD_REQUESTS } from "#lib/limits.ts";

const MOST_SECONDS = 60;
const WAIT = /(?:^|[,;\s])wait\s*=\s*"?(\d{1,9}(?:\.\d{1,9})?)/i;

/** Seconds the client is ready to wait; 0 when it does not say. */
export function preferredWait(headers: Headers): number {
  const seconds = WAIT.exec(headers.get("prefer") ?? "")?.[1];
  return Math.min(Number(seconds ?? 0), MOST_SECONDS);
}

/** The refusal of one more request that would be held. */
export function tooManyHeld(): OrchError {
  return new OrchError("unavailable", `${MOST_HELD_REQUESTS} requests are held already: try again later.`);
}

/** Says that the wish was granted. */
export function preferenceApplied(headers: Headers): Record<string, string> {
  const seconds = preferredWait(headers);
  return seconds > 0 ? { "preference-applied": `wait=${seconds}` } : {};
}
