// Task runs: one execution of a task inside a flow run; also what represents a subflow in its parent.
import * as v from "valibot";
import { endpoint, lazy, type Out, shape, strictShape } from "../endpoint.ts";
import { page, reading, runFilters, sortedBy } from "../filters.ts";
import { dictionary, float, integer, list, maybe, orDefault, stored, text, timestamp, uuid } from "../primitives.ts";
import { harmless, proposes } from "../repeat.ts";
import { orchestrationResult, runTimes, setStateBody, state, stateCreate, stateTypeSchema } from "./states.ts";

const MOST_RETRY_DELAYS = 50;

const retryDelays = () =>
  v.pipe(
    v.union([integer(), list(integer())]),
    v.rawTransform(({ dataset: { value }, addIssue, NEVER }) => {
      if (!Array.isArray(value) || value.length <= MOST_RETRY_DELAYS) return value;
      const message = `Can not configure more than ${MOST_RETRY_DELAYS} retry delays per task.`;
      addIssue({ message, expected: "value_error" });
      return NEVER;
    }),
  );

/** Retries, as stored with a task run. Seconds; a list gives the delay of each retry. */
export const taskRunPolicy = shape(() => ({
  max_retries: orDefault(integer(), () => 0),
  retry_delay_seconds: orDefault(float(), () => 0),
  retries: maybe(integer()),
  retry_delay: maybe(retryDelays()),
  retry_jitter_factor: maybe(float({ min: 0, refusal: "`retry_jitter_factor` must be >= 0." })),
}));
export type TaskRunPolicy = Out<typeof taskRunPolicy>;

/** An input that is the result of another task run. */
export const taskRunResult = shape(() => ({ input_type: v.optional(v.literal("task_run"), "task_run"), id: uuid() }));

/** Where an input came from: a task run, a parameter or a constant. */
export const taskInput = lazy(() =>
  v.union([
    taskRunResult(),
    v.object({ input_type: v.optional(v.literal("parameter"), "parameter"), name: text() }),
    v.object({ input_type: v.optional(v.literal("constant"), "constant"), type: text() }),
  ]),
);
export type TaskInput = Out<typeof taskInput>;

export const taskRun = shape(() => ({
  ...stored(),
  name: text(),
  flow_run_id: uuid(),
  task_key: text(),
  dynamic_key: text(),
  cache_key: v.nullable(text()),
  cache_expiration: v.nullable(timestamp()),
  task_version: v.nullable(text()),
  empirical_policy: taskRunPolicy(),
  tags: list(text()),
  state_id: v.nullable(uuid()),
  task_inputs: dictionary(list(taskInput())),
  state_type: v.nullable(stateTypeSchema()),
  state_name: v.nullable(text()),
  run_count: integer(),
  flow_run_run_count: integer(),
  ...runTimes(),
  state: v.nullable(state()),
}));
export type TaskRun = Out<typeof taskRun>;

export const CACHE_KEY_MAX_LENGTH = 2000;
const CACHE_KEY = {
  max: CACHE_KEY_MAX_LENGTH,
  refusal: `Cache key exceeded maximum allowed length of ${CACHE_KEY_MAX_LENGTH} characters.`,
};

export const taskRunCreate = strictShape(() => ({
  state: maybe(stateCreate()),
  name: maybe(text()),
  flow_run_id: uuid(),
  task_key: text(),
  dynamic_key: text(),
  cache_key: maybe(text(CACHE_KEY)),
  cache_expiration: maybe(timestamp()),
  task_version: maybe(text()),
  empirical_policy: v.optional(taskRunPolicy(), {}),
  tags: orDefault(list(text()), () => []),
  task_inputs: v.optional(dictionary(list(taskInput())), () => ({})),
}));
export type TaskRunCreate = Out<typeof taskRunCreate>;

export const TASK_RUN_SORTS = [
  "ID_DESC",
  "EXPECTED_START_TIME_ASC",
  "EXPECTED_START_TIME_DESC",
  "NAME_ASC",
  "NAME_DESC",
  "NEXT_SCHEDULED_START_TIME_ASC",
  "END_TIME_DESC",
] as const;

export const createTaskRun = endpoint("POST", "/task_runs/", {
  repeat: harmless("A task run is known by its flow run, its task key and its dynamic key."),
  body: taskRunCreate,
  response: taskRun,
  statuses: [201, 200],
});
export const readTaskRun = endpoint("GET", "/task_runs/{id}", { response: taskRun });
export const updateTaskRun = endpoint("PATCH", "/task_runs/{id}", {
  body: strictShape(() => ({ name: v.optional(v.nullable(text())) })),
});
export const deleteTaskRun = endpoint("DELETE", "/task_runs/{id}");
export const listTaskRuns = reading(
  "/task_runs/filter",
  () => ({ ...page(), ...runFilters(), sort: sortedBy(TASK_RUN_SORTS, "ID_DESC") }),
  () => list(taskRun()),
);
export const countTaskRuns = reading("/task_runs/count", runFilters, () => integer());
export const setTaskRunState = endpoint("POST", "/task_runs/{id}/set_state", {
  repeat: proposes("task"),
  body: setStateBody,
  response: orchestrationResult,
  statuses: [201, 200],
});
