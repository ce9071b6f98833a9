// States as proposals, and what can be asked of a state's type.
import { STATE_TYPES, type StateDetails, type StateInput, type StateType } from "#wire/runs/states.ts";
import { usualName } from "./run-state.ts";

export const TERMINAL_TYPES: readonly StateType[] = ["COMPLETED", "FAILED", "CANCELLED", "CRASHED"];
const TERMINAL: ReadonlySet<StateType> = new Set(TERMINAL_TYPES);

export function isTerminal(type: StateType | null): boolean {
  return type !== null && TERMINAL.has(type);
}

/** `SCHEDULED` to `Scheduled`, for every type. */
export const USUAL_NAMES: Readonly<Record<StateType, string>> = Object.fromEntries(
  STATE_TYPES.map((type) => [type, usualName(type)]),
) as Record<StateType, string>; // one entry for each type

/** The names of states that orch and Prefect give themselves. Flows may give others. */
export const STATE_NAMES: readonly string[] = [
  ...Object.values(USUAL_NAMES),
  ...["Late", "AwaitingRetry", "Retrying", "Rerunning", "Cached", "TimedOut"],
];

type Parts = Partial<Omit<StateInput, "type">>;

export const Scheduled = (scheduled_time: string, parts: Parts = {}): StateInput => ({
  type: "SCHEDULED",
  ...parts,
  state_details: { ...parts.state_details, scheduled_time },
});
export const AwaitingRetry = (scheduled_time: string, parts: Parts = {}): StateInput =>
  Scheduled(scheduled_time, { ...parts, name: "AwaitingRetry" });
export const Pending = (parts: Parts = {}): StateInput => ({ type: "PENDING", ...parts });
export const Running = (parts: Parts = {}): StateInput => ({ type: "RUNNING", ...parts });
export const Completed = (parts: Parts = {}): StateInput => ({ type: "COMPLETED", ...parts });
export const Failed = (parts: Parts = {}): StateInput => ({ type: "FAILED", ...parts });
export const Crashed = (parts: Parts = {}): StateInput => ({ type: "CRASHED", ...parts });
export const Cancelled = (parts: Parts = {}): StateInput => ({ type: "CANCELLED", ...parts });
export const Cancelling = (parts: Parts = {}): StateInput => ({ type: "CANCELLING", ...parts });

/** Details of a state that has none: all of them always travel. */
export const EMPTY_DETAILS: StateDetails = {
  flow_run_id: null,
  task_run_id: null,
  child_flow_run_id: null,
  scheduled_time: null,
  cache_key: null,
  cache_expiration: null,
  untrackable_result: false,
  pause_timeout: null,
  pause_reschedule: false,
  pause_key: null,
  refresh_cache: null,
};
