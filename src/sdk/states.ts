// States made by hand: what a flow or task returns to decide how its run ends.
import { RunState } from "#domain/run-state.ts";
import { AllowFailure } from "#engine/run/inputs.ts";
import type { StateType } from "#wire/runs/states.ts";

export interface StateOptions<T> {
  /** Default: the usual name of the type, such as `Completed`. */
  name?: string;
  message?: string;
  /** The result; for a failed state an Error is what `result()` throws. */
  data?: T;
}

function stateOf<T>(type: StateType, { name, message, data }: StateOptions<T> = {}): RunState<T> {
  const parts = { type, ...(name === undefined ? {} : { name }), ...(message === undefined ? {} : { message }) };
  if (type === "COMPLETED") return new RunState<T>(parts, { value: data as T }); // absent data reads as undefined
  return new RunState<T>(parts, data instanceof Error ? { error: data } : undefined);
}

export function Completed<T = undefined>(options?: StateOptions<T>): RunState<T> {
  return stateOf("COMPLETED", options);
}
export function Failed(options?: StateOptions<Error>): RunState<never> {
  return stateOf("FAILED", options) as RunState<never>; // a failed state has no value
}
export function Cancelled(options?: StateOptions<Error>): RunState<never> {
  return stateOf("CANCELLED", options) as RunState<never>; // as above
}
export function Crashed(options?: StateOptions<Error>): RunState<never> {
  return stateOf("CRASHED", options) as RunState<never>; // as above
}

/** Lets a task run although what it depends on failed: it gets the error in the place of the value. */
export function allowFailure<T>(upstream: T): AllowFailure<T> {
  return new AllowFailure(upstream);
}
