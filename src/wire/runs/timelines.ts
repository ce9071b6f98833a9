// The timeline of a flow run: its task runs in columns, small enough for runs of thousands of them.
import * as v from "valibot";
import { endpoint, type Out, shape } from "../endpoint.ts";
import { integer, list, maybe, orDefault, text, timestamp, uuid } from "../primitives.ts";
import { stateTypeSchema } from "./states.ts";

const MOST_TASK_RUNS = 20_000;
const USUAL_TASK_RUNS = 5_000;

/**
 * Columns of one length, a place in each for one task run, in the order in which they were made. `places`: its number among
 * all of the run, from 0; `inputs` are such numbers. Times in milliseconds since 1970.
 */
export const taskRunColumns = shape(() => ({
  places: list(integer()),
  ids: list(uuid()),
  names: list(text()),
  state_types: list(v.nullable(stateTypeSchema())),
  state_names: list(v.nullable(text())),
  run_counts: list(integer()),
  expected: list(v.nullable(integer())),
  starts: list(v.nullable(integer())),
  ends: list(v.nullable(integer())),
  /** The task runs whose results it took. */
  inputs: list(list(integer())),
  /** The flow run that it stands for. */
  subflows: list(v.nullable(uuid())),
}));

/**
 * `count` and `states` are of all task runs; beyond `limit` only those that failed are answered, and `left_out` counts the others.
 * `until`: to be sent as `since`, for what has changed from then on. Places hold as long as no task run is deleted.
 */
export const timeline = shape(() => ({
  count: integer(),
  states: list(v.object({ state_type: v.nullable(stateTypeSchema()), count: integer() })),
  left_out: integer(),
  until: timestamp(),
  task_runs: taskRunColumns(),
}));
export type Timeline = Out<typeof timeline>;

export const readTimeline = endpoint("GET", "/orch/flow_runs/{id}/timeline", {
  query: shape(() => ({
    limit: orDefault(integer({ min: 1, max: MOST_TASK_RUNS }), () => USUAL_TASK_RUNS),
    since: maybe(timestamp()),
  })),
  response: timeline,
});
