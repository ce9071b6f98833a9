// Work pools: a group of queues with a limit and priorities of its own.
import * as v from "valibot";
import { isObject, type JsonObject } from "#lib/json.ts";
import { endpoint, lazy, type Out, shape, strictShape } from "../endpoint.ts";
import { page, reading, workPoolFilter, workQueueFilter } from "../filters.ts";
import {
  bool,
  integer,
  jsonObject,
  keptUnlessSent,
  list,
  maybe,
  orDefault,
  stored,
  text,
  timestamp,
  uuid,
} from "../primitives.ts";
import { creates } from "../repeat.ts";
import { flowRun } from "../runs/flow-runs.ts";
import { workQueue, workQueueCreate, workQueueUpdate } from "./work-queues.ts";

/** The pool of every queue that names none. Made when first needed. */
export const DEFAULT_POOL = "default-agent-pool";

export const workPool = shape(() => ({
  ...stored(),
  name: text(),
  description: v.nullable(text()),
  type: text(),
  base_job_template: jsonObject(),
  is_paused: bool(),
  concurrency_limit: v.nullable(integer()),
  default_queue_id: uuid(),
}));
export type WorkPool = Out<typeof workPool>;

/** A template is empty or whole, and what it asks for by `{{ name }}` is declared. */
const jobTemplate = () =>
  v.pipe(
    jsonObject(),
    v.check(
      (template) => templateProblem(template) === undefined,
      (issue) => templateProblem(issue.input) ?? "value is not a valid template",
    ),
  );

function templateProblem(template: JsonObject): string | undefined {
  if (Object.keys(template).length === 0) return undefined;
  const { job_configuration, variables } = template;
  if (!isFilled(job_configuration) || !isFilled(variables)) {
    return "The `base_job_template` must contain both a `job_configuration` key and a `variables` key.";
  }
  const { properties } = variables;
  const declared = new Set(isObject(properties) ? Object.keys(properties) : []);
  // The old server checks the last entry only, and stored templates rely on it.
  const last = JSON.stringify(Object.values(job_configuration).at(-1));
  const used = [...last.matchAll(/\{\{\s*([\w.-]+)\s*\}\}/g)].map(([, name = ""]) => name);
  const missing = [...new Set(used)].filter((name) => !declared.has(name));
  if (missing.length === 0) return undefined;
  return `The variables specified in the job configuration template must be present as properties in the variables schema. Your job configuration uses the following undeclared variable(s): ${missing.join(", ")}.`;
}

function isFilled(value: unknown): value is Record<string, unknown> {
  return isObject(value) && Object.keys(value).length > 0;
}

export const workPoolCreate = strictShape(() => ({
  name: text({ name: true }),
  description: maybe(text()),
  type: orDefault(text(), () => "prefect-agent"),
  base_job_template: orDefault(jobTemplate(), () => ({})),
  is_paused: orDefault(bool(), () => false),
  concurrency_limit: maybe(integer({ min: 0 })),
}));
export type WorkPoolCreate = Out<typeof workPoolCreate>;

/** Only what is sent is changed. */
export const workPoolUpdate = strictShape(() => ({
  description: v.optional(v.nullable(text())),
  is_paused: keptUnlessSent(bool()),
  base_job_template: v.optional(jobTemplate()),
  concurrency_limit: v.optional(v.nullable(integer({ min: 0 }))),
}));
export type WorkPoolUpdate = Out<typeof workPoolUpdate>;

/** Here a run has the id of its queue, and not the name of its pool. */
const queuedFlowRun = lazy(() => {
  const { work_pool_name: _, ...entries } = flowRun().entries;
  return v.object({ ...entries, work_queue_id: uuid() });
});

export const scheduledFlowRun = shape(() => ({
  work_pool_id: uuid(),
  work_queue_id: uuid(),
  flow_run: queuedFlowRun(),
}));

export const createWorkPool = endpoint("POST", "/work_pools/", {
  repeat: creates("/work_pools/{name}"),
  body: workPoolCreate,
  response: workPool,
  statuses: [201],
});
export const readWorkPool = endpoint("GET", "/work_pools/{name}", { response: workPool });
export const updateWorkPool = endpoint("PATCH", "/work_pools/{name}", { body: workPoolUpdate });
export const deleteWorkPool = endpoint("DELETE", "/work_pools/{name}");
export const listWorkPools = reading(
  "/work_pools/filter",
  () => ({ ...page(), work_pools: maybe(workPoolFilter()) }),
  () => list(workPool()),
);
/** `Prefer: wait=N` as on the flat queues. No queue names means all queues of the pool. */
export const getPoolRuns = reading(
  "/work_pools/{name}/get_scheduled_flow_runs",
  () => ({
    work_queue_names: maybe(list(text())),
    scheduled_before: maybe(timestamp()),
    scheduled_after: maybe(timestamp()),
    limit: v.optional(v.nullable(integer())),
  }),
  () => list(scheduledFlowRun()),
);

export const createPoolQueue = endpoint("POST", "/work_pools/{work_pool_name}/queues", {
  repeat: creates("/work_queues/{id}"),
  body: workQueueCreate,
  response: workQueue,
  statuses: [201],
});
export const readPoolQueue = endpoint("GET", "/work_pools/{work_pool_name}/queues/{name}", { response: workQueue });
export const updatePoolQueue = endpoint("PATCH", "/work_pools/{work_pool_name}/queues/{name}", {
  body: workQueueUpdate,
});
export const deletePoolQueue = endpoint("DELETE", "/work_pools/{work_pool_name}/queues/{name}");
export const listPoolQueues = reading(
  "/work_pools/{work_pool_name}/queues/filter",
  () => ({ ...page(), work_queues: maybe(workQueueFilter()) }),
  () => list(workQueue()),
);
