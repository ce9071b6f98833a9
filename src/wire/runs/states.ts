// States of flow runs and task runs, as they travel.
import * as v from "valibot";
import { endpoint, type In, lazy, type Out, shape, strictShape } from "../endpoint.ts";
import {
  anyJson,
  bool,
  integer,
  list,
  maybe,
  oneOf,
  orDefault,
  seconds,
  text,
  timestamp,
  uuid,
} from "../primitives.ts";

export const STATE_TYPES = [
  "SCHEDULED",
  "PENDING",
  "RUNNING",
  "COMPLETED",
  "FAILED",
  "CANCELLED",
  "CRASHED",
  "PAUSED",
  "CANCELLING",
] as const;
export type StateType = (typeof STATE_TYPES)[number];

export const stateTypeSchema = lazy(() => oneOf(STATE_TYPES));

/** A field that may be left out; null counts as left out. */
const absentIfNull = <S extends v.GenericSchema>(schema: S) =>
  v.pipe(
    v.optional(v.nullable(schema)),
    v.transform((value): v.InferOutput<S> | undefined => value ?? undefined),
  );

/** Details of 2.10 are always sent, as null where they do not apply. */
export const stateDetails = shape(() => ({
  flow_run_id: maybe(uuid()),
  task_run_id: maybe(uuid()),
  child_flow_run_id: maybe(uuid()),
  scheduled_time: maybe(timestamp()),
  cache_key: maybe(text()),
  cache_expiration: maybe(timestamp()),
  untrackable_result: orDefault(bool(), () => false),
  pause_timeout: maybe(timestamp()),
  pause_reschedule: orDefault(bool(), () => false),
  pause_key: maybe(text()),
  refresh_cache: maybe(bool()),
  // Of clients later than 2.10; left out where they say nothing.
  /** The keys of the inputs that hold the schema of what a paused run waits for, and the answer. */
  run_input_keyset: absentIfNull(v.record(v.string(), text())),
  /** False: the failure of a task is not tried again. */
  retriable: absentIfNull(bool()),
  transition_id: absentIfNull(uuid()),
  task_parameters_id: absentIfNull(uuid()),
}));
export type StateDetails = Out<typeof stateDetails>;

/** What a client proposes. A given `id` or `timestamp` is ignored: the server stamps its own. */
export const stateCreate = strictShape(() => ({
  type: stateTypeSchema(),
  name: maybe(text()),
  message: maybe(text()),
  data: v.optional(anyJson()),
  state_details: v.optional(stateDetails(), {}),
  timestamp: maybe(timestamp()),
  id: maybe(uuid()),
}));
export type StateCreate = Out<typeof stateCreate>;
/** A proposal as a caller writes it: `type` alone is enough. */
export type StateInput = In<typeof stateCreate>;

export const state = shape(() => ({
  id: uuid(),
  type: stateTypeSchema(),
  name: text(),
  timestamp: timestamp(),
  message: v.nullable(text()),
  data: anyJson(),
  state_details: stateDetails(),
}));
export type State = Out<typeof state>;

export const orchestrationResult = shape(() => ({
  state: v.nullable(state()),
  status: oneOf(["ACCEPT", "REJECT", "ABORT", "WAIT"]),
  details: v.variant("type", [
    v.object({ type: v.literal("accept_details") }),
    v.object({ type: v.literal("reject_details"), reason: v.nullable(v.string()) }),
    v.object({ type: v.literal("abort_details"), reason: v.nullable(v.string()) }),
    v.object({ type: v.literal("wait_details"), delay_seconds: integer(), reason: v.nullable(v.string()) }),
  ]),
}));
export type OrchestrationResult = Out<typeof orchestrationResult>;

export const setStateBody = shape(() => ({ state: stateCreate(), force: orDefault(bool(), () => false) }));

export const readFlowRunState = endpoint("GET", "/flow_run_states/{id}", { response: state });
export const listFlowRunStates = endpoint("GET", "/flow_run_states/", {
  query: shape(() => ({ flow_run_id: uuid() })),
  response: lazy(() => list(state())),
});
export const readTaskRunState = endpoint("GET", "/task_run_states/{id}", { response: state });
export const listTaskRunStates = endpoint("GET", "/task_run_states/", {
  query: shape(() => ({ task_run_id: uuid() })),
  response: lazy(() => list(state())),
});

/** When a run is to start, started and ended, and how long it ran: the same fields for flow runs and task runs. */
export const runTimes = () => ({
  expected_start_time: v.nullable(timestamp()),
  next_scheduled_start_time: v.nullable(timestamp()),
  start_time: v.nullable(timestamp()),
  end_time: v.nullable(timestamp()),
  total_run_time: seconds(),
  estimated_run_time: seconds(),
  estimated_start_time_delta: seconds(),
});
