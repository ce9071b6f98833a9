// Before something is destroyed, the person at the terminal is asked. A script has to say --yes.
import { OrchError } from "#lib/errors.ts";
import type { Io } from "../kit/command.ts";

/** Every command that destroys has it. */
export const YES_OPTION = { yes: { type: "boolean", alias: "y", description: "Do not ask." } } as const;

/** Returns when it may be deleted; throws what ends the command when not. `what` reads as in "Delete work pool 'a'?". */
export function confirmDeletion(io: Io, options: { yes: boolean }, what: string): Promise<void> {
  return confirmed(io, options, `Delete ${what}?`, "Deletion aborted.");
}

/** The same for any question. `refusal` is the sentence after a no. */
export async function confirmed(io: Io, options: { yes: boolean }, question: string, refusal: string): Promise<void> {
  if (options.yes) return;
  const answer = await io.confirm(question);
  if (answer) return;
  if (answer === false) throw new OrchError("invalid", refusal);
  throw new OrchError(
    "invalid",
    `${question} Nothing was done, because there is no terminal to ask: add --yes to do it.`,
  );
}
