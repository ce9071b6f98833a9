// Whether a result is kept beyond its process, where, and the state to propose when it is.
import type { ResultStorage } from "#domain/definitions.ts";
import { MissingResult } from "#domain/run-errors.ts";
import type { Outcome } from "#domain/run-state.ts";
import { messageOf, OrchError } from "#lib/errors.ts";
import { isUnavailable } from "#lib/patience.ts";
import type { State } from "#wire/runs/states.ts";
import type { RunLogger } from "../context.ts";
import { type Ending, failed } from "../flow/outcome.ts";
import type { Session } from "../session.ts";
import type { ResultPlace } from "./result-places.ts";
import { isOfStates } from "./result-preview.ts";

/** A storage that was named for results does not keep them or does not give them back: a sentence that names it. */
export class StorageFailure extends OrchError {}

/** A result that is kept where it cannot be read now. */
export class UnreachableResult extends MissingResult {}

/** Whether a result is kept; `strict`: a value that cannot be kept fails the run. */
export type Keeping = "strict" | "yes" | "no";

/** What the author said, else what the features in use need. */
export function keepingOf(said: boolean | "strict" | undefined, byDefault: boolean, needed: boolean): Keeping {
  if (said === "strict") return "strict";
  return (said ?? (byDefault || needed)) ? "yes" : "no";
}

/** An ending whose value is kept, or lost with the process although it was to be kept. */
export type KeptEnding = Ending & { isLost?: true };

/**
 * Where a run keeps results: in the storage that it names, else where the flow around it does. Undefined for the folder of
 * this machine. `failure`: what it names keeps no results.
 */
export async function placeOfResults(
  session: Session,
  named: ResultStorage | undefined,
  inherited: ResultPlace | undefined,
): Promise<{ place: ResultPlace | undefined } | { failure: Ending }> {
  if (named === undefined || named === null) return { place: inherited };
  try {
    return { place: await (await session.results()).open(named) };
  } catch (error) {
    if (error instanceof StorageFailure) return { failure: notKept(error) };
    throw error;
  }
}

function notKept(error: StorageFailure): Ending {
  return { proposal: { type: "FAILED", name: "Failed", message: error.message }, outcome: { error } };
}

export interface KeepOptions {
  keeping: Keeping;
  /** Default: the folder of this machine. */
  place: ResultPlace | undefined;
  logger: RunLogger;
}

/** Keeps the value of an ending. A storage that was named and does not take it fails the run. */
export async function withKeptResult(
  session: Session,
  noun: string,
  ending: Ending,
  { keeping, place, logger }: KeepOptions,
): Promise<KeptEnding> {
  const { proposal, outcome } = ending;
  if (keeping === "no" || proposal.type !== "COMPLETED" || !outcome || !("value" in outcome)) return ending;
  if (isOfStates(outcome.value)) return ending;
  try {
    const data = await (await session.results()).keep(outcome.value, place);
    return { outcome, proposal: { ...proposal, data } };
  } catch (error) {
    // Not about the value: the process has to end, or the server is away for too long.
    if (session.signal.aborted || isUnavailable(error)) throw error;
    if (error instanceof StorageFailure) return notKept(error);
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
    const isOutOfReach = cause instanceof StorageFailure;
    return { error: isOutOfReach ? new UnreachableResult(cause.message) : new MissingResult(cause.message) };
  }
}
