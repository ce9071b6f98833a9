// Makes the state to propose, and the value or error to persist, of what a function returned or threw.
import { aggregate } from "#domain/aggregate.ts";
import { MissingResult } from "#domain/run-errors.ts";
import { type Outcome, RunState, toProposal } from "#domain/run-state.ts";
import type { StateInput } from "#wire/runs/states.ts";
import { describeError } from "../logs/stack.ts";
import type { RunLogger } from "../session/context.ts";
import { isFuture } from "../session/future.ts";
import { TimeoutExceeded } from "../session/user-code.ts";

export interface Ending {
  proposal: StateInput;
  outcome: Outcome | undefined;
}

/** `noun` is `Flow` or `Task`: messages start with it. */
export function failed(noun: string, error: unknown, folder: string | null): Ending {
  if (error instanceof TimeoutExceeded) {
    const message = `${noun} run exceeded timeout of ${error.seconds} seconds`;
    return { proposal: { type: "FAILED", name: "TimedOut", message }, outcome: { error: new Error(message) } };
  }
  const message = `${noun} run encountered an exception. ${describeError(error, folder)}`;
  return { proposal: { type: "FAILED", name: "Failed", message }, outcome: { error } };
}

/** Logs what user code has thrown. That it took too long is in the state, which is logged too. */
export function logException(logger: RunLogger, error: unknown, folder: string | null): void {
  if (error instanceof TimeoutExceeded) return;
  logger.error(`Encountered exception during execution:\n${describeError(error, folder)}`);
}

/** A value completes the run; a state, a future, or a list of nothing else decides for itself. */
export async function returned(value: unknown): Promise<Ending> {
  const single = await asState(value);
  if (single) return decided(single);
  if (Array.isArray(value) && value.length > 0) {
    const states = await Promise.all(value.map(asState));
    if (states.every((state) => state !== undefined)) return decided(aggregate(states));
  }
  return completed(value);
}

/** Nothing returned: a flow is what its tasks and subflows became. */
export function returnedNothing(states: readonly RunState[]): Ending {
  if (states.length === 0) return completed(undefined);
  const ending = decided(aggregate(states));
  return ending.outcome && "value" in ending.outcome ? { ...ending, outcome: { value: undefined } } : ending;
}

export function completed(value: unknown): Ending {
  const state = new RunState({ type: "COMPLETED" }, { value });
  return { proposal: toProposal(state, { value }), outcome: { value } };
}

function decided(state: RunState): Ending {
  if (!state.isCompleted()) return { proposal: toProposal(state, undefined), outcome: { error: state.error() } };
  const known = knownValue(state);
  return { proposal: toProposal(state, known), outcome: known ?? { value: undefined } };
}

/** The value of a completed run. The state of a run elsewhere is known without. */
export function knownValue(state: RunState): { value: unknown } | undefined {
  if (!state.isCompleted()) return undefined;
  try {
    return { value: state.result() };
  } catch (error) {
    if (error instanceof MissingResult) return undefined;
    throw error;
  }
}

async function asState(value: unknown): Promise<RunState | undefined> {
  return isFuture(value) ? value.wait() : value instanceof RunState ? value : undefined;
}
