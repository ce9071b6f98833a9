// Refuses names of work queues that are none.
import { OrchError } from "#lib/errors.ts";

/** Throws `invalid` for a name without a letter, as an unset variable of a script makes it. */
export function refuseBlankQueues(names: readonly string[]): void {
  if (names.some((name) => name.trim() === "")) {
    throw new OrchError("invalid", "A work queue needs a name, and an empty one was given.");
  }
}
