// What a background loop says of a pass that failed.
import { messageOf } from "#lib/errors.ts";
import { isUnavailable } from "#lib/retry.ts";

/**
 * For a loop's `onError`. A fault of the machine is logged once by the database, so it is not logged again by every pass.
 *
 * @example
 * createLoop({ clock, delay, runOnce, onError: logFailure(log, "Looking for late runs failed") });
 */
export function logFailure(log: (line: string) => void, what: string): (error: unknown) => void {
  return (error) => {
    if (!isUnavailable(error)) log(`${what}: ${messageOf(error)}`);
  };
}
