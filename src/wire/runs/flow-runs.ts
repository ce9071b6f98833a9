// Flow runs: one execution of a flow, from its first state to its last.
import * as v from "valibot";
import { creating, endpoint, type In, lazy, type Out, shape, strictShape } from "../endpoint.ts";
import { page, reading, runAndPoolFilters, sortedBy } from "../filters.ts";
import {
  bool,
  float,
  integer,
  jsonObject,
  list,
  maybe,
  metadata,
  orDefault,
  seconds,
  stored,
  text,
  timestamp,
  uuid,
} from "../primitives.ts";
import { proposes } from "../repeat.ts";
import { orchestrationResult, runTimes, setStateBody, state, stateCreate, stateTypeSchema } from "./states.ts";
import { taskRunResult } from "./task-runs.ts";

/** Retries and pauses, as stored with a run. Seconds. */
export const flowRunPolicy = shape(() => ({
  max_retries: orDefault(integer(), () => 0),
  retry_delay_seconds: orDefault(float(), () => 0),
  retries: maybe(integer()),
  retry_delay: maybe(integer()),
  pause_keys: v.optional(v.nullable(list(text())), () => []),
  resuming: v.optional(v.nullable(bool()), false),
}));
export type FlowRunPolicy = Out<typeof flowRunPolicy>;

export const flowRun = shape(() => ({
  ...stored(),
  name: text(),
  flow_id: uuid(),
  state_id: v.nullable(uuid()),
  deployment_id: v.nullable(uuid()),
  work_queue_name: v.nullable(text()),
  flow_version: v.nullable(text()),
  parameters: jsonObject(),
  idempotency_key: v.nullable(text()),
  context: jsonObject(),
  empirical_policy: flowRunPolicy(),
  tags: list(text()),
  parent_task_run_id: v.nullable(uuid()),
  state_type: v.nullable(stateTypeSchema()),
  state_name: v.nullable(text()),
  run_count: integer(),
  ...runTimes(),
  auto_scheduled: bool(),
  infrastructure_document_id: v.nullable(uuid()),
  infrastructure_pid: v.nullable(text()),
  created_by: v.nullable(v.object({ id: uuid(), type: text(), display_value: text() })),
  work_pool_name: v.nullable(text()),
  state: v.nullable(state()),
}));
export type FlowRun = Out<typeof flowRun>;
/** As queues hand them out: without the name of their pool. */
export type QueuedFlowRun = Omit<FlowRun, "work_pool_name">;

export const flowRunCreate = strictShape(() => ({
  state: maybe(stateCreate()),
  name: maybe(text()),
  flow_id: uuid(),
  deployment_id: maybe(uuid()),
  flow_version: maybe(text()),
  parameters: orDefault(jsonObject(), () => ({})),
  context: orDefault(jsonObject(), () => ({})),
  parent_task_run_id: maybe(uuid()),
  infrastructure_document_id: maybe(uuid()),
  empirical_policy: v.optional(flowRunPolicy(), {}),
  tags: orDefault(list(text()), () => []),
  idempotency_key: maybe(text()),
  // Of clients later than 2.10, as below.
  job_variables: maybe(jsonObject()),
}));
export type FlowRunCreate = Out<typeof flowRunCreate>;

/** Only what is sent is changed. */
export const flowRunUpdate = strictShape(() => ({
  name: v.optional(v.nullable(text())),
  flow_version: v.optional(v.nullable(text())),
  parameters: v.optional(jsonObject()),
  empirical_policy: v.optional(flowRunPolicy()),
  tags: v.optional(list(text())),
  infrastructure_pid: v.optional(v.nullable(text())),
  job_variables: maybe(jsonObject()),
}));
export type FlowRunUpdate = Out<typeof flowRunUpdate>;

export const FLOW_RUN_SORTS = [
  "ID_DESC",
  "START_TIME_ASC",
  "START_TIME_DESC",
  "EXPECTED_START_TIME_ASC",
  "EXPECTED_START_TIME_DESC",
  "NAME_ASC",
  "NAME_DESC",
  "NEXT_SCHEDULED_START_TIME_ASC",
  "END_TIME_DESC",
] as const;

export const createFlowRun = creating("/flow_runs/", flowRunCreate, flowRun, [201, 200]);
export const readFlowRun = endpoint("GET", "/flow_runs/{id}", { response: flowRun });
export const updateFlowRun = endpoint("PATCH", "/flow_runs/{id}", { body: flowRunUpdate });
export const deleteFlowRun = endpoint("DELETE", "/flow_runs/{id}");
export const listFlowRuns = reading(
  "/flow_runs/filter",
  () => ({ ...page(), ...runAndPoolFilters(), sort: sortedBy(FLOW_RUN_SORTS, "ID_DESC") }),
  () => list(flowRun()),
);
export type ListFlowRuns = In<typeof listFlowRuns.body>;
export const countFlowRuns = reading("/flow_runs/count", runAndPoolFilters, () => integer());
/** `result_metadata`: of the artifact that holds the state's data. A server of Prefect passes it over. */
const setFlowRunStateBody = shape(() => ({ ...setStateBody().entries, result_metadata: maybe(metadata()) }));
export const setFlowRunState = endpoint("POST", "/flow_runs/{id}/set_state", {
  repeat: proposes("flow"),
  body: setFlowRunStateBody,
  response: orchestrationResult,
  statuses: [201, 200],
});
export const resumeFlowRun = endpoint("POST", "/flow_runs/{id}/resume", {
  repeat: proposes("flow"),
  // What the run waits for; 2.10 sends no body.
  body: shape(() => ({ run_input: maybe(jsonObject()) })),
  bodyOptional: true,
  response: orchestrationResult,
  statuses: [201, 200],
});

/** A task run with the task runs whose results it took. */
export const dependencyResult = shape(() => ({
  id: uuid(),
  name: text(),
  upstream_dependencies: list(taskRunResult()),
  state: v.nullable(state()),
  expected_start_time: v.nullable(timestamp()),
  start_time: v.nullable(timestamp()),
  end_time: v.nullable(timestamp()),
  total_run_time: seconds(),
  estimated_run_time: seconds(),
  untrackable_result: bool(),
}));
export type DependencyResult = Out<typeof dependencyResult>;

export const readFlowRunGraph = endpoint("GET", "/flow_runs/{id}/graph", {
  response: lazy(() => list(dependencyResult())),
});
