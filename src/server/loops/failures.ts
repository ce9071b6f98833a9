// What a background loop says of a pass that failed.
import { messageOf } from "#lib/errors.ts";
import { isUnavailable } from "#lib/patience.ts";

/**
 * For a loop's `onError`. What the machine keeps the database from is said by the database, once: not by every pass again.
 *
 * @example
 * createLoop({ clock, delay, runOnce, onError: logFailure(log, "Looking for late runs failed") });
 */
export function logFailure(log: (line: string) => void, what: string): (error: unknown) => void {
  return (error) => {
    if (!isUnavailable(error)) log(`${what}: ${messageOf(error)}`);
  };
}
