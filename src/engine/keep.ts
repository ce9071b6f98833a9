// Whether a result is kept beyond its process, and the state to propose when it is.
import { MissingResult } from "#domain/run-errors.ts";
import type { Outcome } from "#domain/run-state.ts";
import { messageOf, OrchError } from "#lib/errors.ts";
import { isUnavailable } from "#lib/patience.ts";
import type { State } from "#wire/states.ts";
import type { RunLogger } from "./context.ts";
import { type Ending, failed } from "./outcome.ts";
import { isOfStates } from "./result-preview.ts";
import type { Session } from "./session.ts";

/** Whether a result is kept; `strict`: a value that cannot be kept fails the run. */
export type Keeping = "strict" | "yes" | "no";

/** What the author said, else what the features in use need. */
export function keepingOf(said: boolean | "strict" | undefined, byDefault: boolean, needed: boolean): Keeping {
  if (said === "strict") return "strict";
  return (said ?? (byDefault || needed)) ? "yes" : "no";
}

/** An ending whose value is on disk, or lost with the process although it was to be kept. */
export type KeptEnding = Ending & { isLost?: true };

/** Puts the value of an ending on disk. */
export async function withKeptResult(
  session: Session,
  noun: string,
  ending: Ending,
  keeping: Keeping,
  logger: RunLogger,
): Promise<KeptEnding> {
  const { proposal, outcome } = ending;
  if (keeping === "no" || proposal.type !== "COMPLETED" || !outcome || !("value" in outcome)) return ending;
  if (isOfStates(outcome.value)) return ending;
  try {
    const data = await (await session.results()).keep(outcome.value);
    return { outcome, proposal: { ...proposal, data } };
  } catch (error) {
    // Not about the value: the process has to end, or the server is away for too long.
    if (session.signal.aborted || isUnavailable(error)) throw error;
    if (keeping === "strict") return failed(noun, error, session.folder);
    const sentence = error instanceof OrchError ? messageOf(error) : `The result cannot be kept: ${messageOf(error)}.`;
    logger.warn(`${sentence} It is lost when the process ends.`);
    return { ...ending, isLost: true };
  }
}

/** What a state of an earlier run or process stands for: undefined when it was not kept, an error when it is gone. */
export async function restored(
  { results }: Pick<Session, "results">,
  state: State | null,
): Promise<Outcome | undefined> {
  const data = state?.type === "COMPLETED" ? state.data : undefined;
  if (data === undefined || data === null) return undefined;
  try {
    return await (await results()).restore(data);
  } catch (cause) {
    if (!(cause instanceof OrchError) || (cause.code !== "not_found" && cause.code !== "invalid")) throw cause;
    return { error: new MissingResult(`The result was kept and cannot be read: ${cause.message}`, { cause }) };
  }
}
