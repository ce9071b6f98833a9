// Decides whether and where a result is persisted, persists it, and restores it.
import type { ResultStorage } from "#domain/definitions.ts";
import { MissingResult } from "#domain/run-errors.ts";
import type { Outcome } from "#domain/run-state.ts";
import { messageOf, OrchError } from "#lib/errors.ts";
import { isUnavailable } from "#lib/retry.ts";
import type { State } from "#wire/runs/states.ts";
import type { RunLogger } from "../session/context.ts";
import type { ResultStore } from "../session/results.ts";
import type { Session } from "../session/session.ts";
import { type Ending, failed } from "./outcome.ts";
import { isOfStates } from "./result-preview.ts";

/** A storage that was named for results does not keep them or does not give them back: a sentence that names it. */
export class StorageFailure extends OrchError {}

/** A result that is kept where it cannot be read now. */
export class UnreachableResult extends MissingResult {}

/** Whether a result is kept; `strict`: a value that cannot be kept fails the run. */
export type Persistence = "strict" | "yes" | "no";

/** What the author said, else what the features in use need. */
export function persistenceOf(
  chosen: boolean | "strict" | undefined,
  byDefault: boolean,
  needed: boolean,
): Persistence {
  if (chosen === "strict") return "strict";
  return (chosen ?? (byDefault || needed)) ? "yes" : "no";
}

/** An ending whose value is kept, or lost with the process although it was to be kept. */
export type PersistedEnding = Ending & { isLost?: true };

/**
 * Where a run keeps results: in the storage that it names, else where the flow around it does. Undefined for the folder of
 * this machine. `failure`: what it names keeps no results.
 */
export async function resultStoreOf(
  session: Session,
  named: ResultStorage | undefined,
  inherited: ResultStore | undefined,
): Promise<{ store: ResultStore | undefined } | { failure: Ending }> {
  if (named === undefined || named === null) return { store: inherited };
  try {
    return { store: await (await session.results()).open(named) };
  } catch (error) {
    if (error instanceof StorageFailure) return { failure: notKept(error) };
    throw error;
  }
}

function notKept(error: StorageFailure): Ending {
  return { proposal: { type: "FAILED", name: "Failed", message: error.message }, outcome: { error } };
}

export interface PersistOptions {
  persistence: Persistence;
  /** Default: the folder of this machine. */
  store: ResultStore | undefined;
  logger: RunLogger;
}

/** Keeps the value of an ending. A storage that was named and does not take it fails the run. */
export async function withPersistedResult(
  session: Session,
  noun: string,
  ending: Ending,
  { persistence, store, logger }: PersistOptions,
): Promise<PersistedEnding> {
  const { proposal, outcome } = ending;
  if (persistence === "no" || proposal.type !== "COMPLETED" || !outcome || !("value" in outcome)) return ending;
  if (isOfStates(outcome.value)) return ending;
  try {
    const data = await (await session.results()).keep(outcome.value, store);
    return { outcome, proposal: { ...proposal, data } };
  } catch (error) {
    // Not about the value: the process has to end, or the server is away for too long.
    if (session.signal.aborted || isUnavailable(error)) throw error;
    if (error instanceof StorageFailure) return notKept(error);
    if (persistence === "strict") return failed(noun, error, session.folder);
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
