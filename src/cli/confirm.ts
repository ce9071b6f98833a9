// Before something is destroyed, the person at the terminal is asked. Scripts are not.
import { OrchError } from "#lib/errors.ts";
import type { Io } from "./command.ts";

/** Every command that destroys has it. */
export const YES_OPTION = { yes: { type: "boolean", alias: "y", description: "Do not ask." } } as const;

/** Returns when it may be deleted; throws what ends the command when not. `what` reads as in "Delete work pool 'a'?". */
export function confirmDeletion(io: Io, options: { yes: boolean }, what: string): void {
  if (options.yes || io.confirm(`Delete ${what}?`)) return;
  throw new OrchError("invalid", "Deletion aborted.");
}
