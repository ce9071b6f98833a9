// Whether a result is kept beyond its process, and the state to propose when it is.
import { MissingResult } from "#domain/run-errors.ts";
import { type Outcome, RunState } from "#domain/run-state.ts";
import { OrchError } from "#lib/errors.ts";
import type { State } from "#wire/states.ts";
import type { RunLogger } from "./context.ts";
import { type Ending, failed } from "./outcome.ts";
import type { Session } from "./session.ts";

/** `may`: kept for a later attempt, and no harm done if the value cannot be. */
export type Keeping = "must" | "may" | "no";

/** What the author said, else what the features in use need. */
export function keepingOf(said: boolean | undefined, byDefault: boolean, needed: boolean): Keeping {
  if (said !== undefined) return said ? "must" : "no";
  return byDefault || needed ? "may" : "no";
}

/** The ending with its value on disk. A value that must be kept and cannot be makes the run fail. */
export async function withKeptResult(
  session: Session,
  noun: string,
  ending: Ending,
  keeping: Keeping,
  logger: RunLogger,
): Promise<Ending> {
  const { proposal, outcome } = ending;
  if (keeping === "no" || proposal.type !== "COMPLETED" || !outcome || !("value" in outcome)) return ending;
  if (isOfStates(outcome.value)) return ending;
  try {
    const data = await (await session.results()).keep(outcome.value);
    return { outcome, proposal: { ...proposal, data } };
  } catch (error) {
    if (!(error instanceof OrchError) || error.code !== "invalid") throw error;
    if (keeping === "must") return failed(noun, error, session.folder);
    logger.warn(`${error.message} It is lost when the process ends.`);
    return ending;
  }
}

/** What a run became by its tasks is no value. */
function isOfStates(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0 && value.every((item) => item instanceof RunState);
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
