// Deployments: how a flow is run, where its code lies, and when.
import * as v from "valibot";
import { endpoint, type In, lazy, type Out, shape, strictShape } from "../endpoint.ts";
import { page, reading, runAndPoolFilters, sortedBy } from "../filters.ts";
import { workQueue } from "../pools/work-queues.ts";
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
import { creates, harmless, KEYED, READS } from "../repeat.ts";
import { flowRun, flowRunPolicy } from "../runs/flow-runs.ts";
import { runPolicyChange } from "../runs/run-policies.ts";
import { stateCreate } from "../runs/states.ts";
import { deploymentScheduleCreate, schedule, scheduleRequest } from "./schedules.ts";

const actor = () => v.nullable(v.object({ id: uuid(), type: text(), display_value: text() }));

/** Those that are text or null, by one name in files, calls and the database. */
export const TEXT_FIELDS = [
  ...(["description", "version", "work_queue_name", "work_pool_name", "manifest_path", "path"] as const),
  "entrypoint",
] as const;
export type TextField = (typeof TEXT_FIELDS)[number];

/**
 * An object with all of them.
 *
 * @example
 * textFields((field) => row[field]);
 */
export function textFields<T>(valueFor: (field: TextField) => T): Record<TextField, T> {
  return Object.fromEntries(TEXT_FIELDS.map((field) => [field, valueFor(field)])) as Record<TextField, T>; // all of the list
}

export const deployment = shape(() => ({
  ...stored(),
  name: text(),
  version: v.nullable(text()),
  description: v.nullable(text()),
  flow_id: uuid(),
  schedule: v.nullable(schedule()),
  is_schedule_active: bool(),
  infra_overrides: jsonObject(),
  parameters: jsonObject(),
  tags: list(text()),
  work_queue_name: v.nullable(text()),
  parameter_openapi_schema: v.nullable(jsonObject()),
  path: v.nullable(text()),
  pull_steps: v.nullable(list(jsonObject())),
  entrypoint: v.nullable(text()),
  manifest_path: v.nullable(text()),
  storage_document_id: v.nullable(uuid()),
  infrastructure_document_id: v.nullable(uuid()),
  created_by: actor(),
  updated_by: actor(),
  work_pool_name: v.nullable(text()),
}));
export type Deployment = Out<typeof deployment>;

const editable = () => ({
  ...textFields(() => maybe(text())),
  schedule: maybe(schedule()),
  storage_document_id: maybe(uuid()),
  infrastructure_document_id: maybe(uuid()),
});

/** What clients later than 2.10 send besides. Null is nothing. */
const later = () => ({
  enforce_parameter_schema: v.optional(v.nullable(bool())),
  paused: v.optional(v.nullable(bool())),
  schedules: v.optional(v.nullable(list(deploymentScheduleCreate()))),
  /** The later name of `infra_overrides`; those who send both mean this one. */
  job_variables: v.optional(v.nullable(jsonObject())),
});

/** Of orch alone: no answer has it. */
const ours = () => ({ run_policy: v.optional(runPolicyChange()) });
const OURS = ["run_policy"];

export const deploymentCreate = strictShape(() => ({
  name: text({ name: true }),
  flow_id: uuid(),
  ...editable(),
  is_schedule_active: orDefault(bool(), () => true),
  parameters: orDefault(jsonObject(), () => ({})),
  tags: orDefault(list(text()), () => []),
  infra_overrides: orDefault(jsonObject(), () => ({})),
  parameter_openapi_schema: maybe(jsonObject()),
  pull_steps: maybe(list(jsonObject())),
  // Older clients send it. Prefect's server does not read it either.
  worker_pool_queue_id: v.optional(v.unknown()),
  worker_pool_name: v.optional(v.unknown()),
  worker_pool_queue_name: v.optional(v.unknown()),
  work_pool_queue_name: v.optional(v.unknown()),
  ...later(),
  ...ours(),
}));
export type DeploymentCreate = Out<typeof deploymentCreate>;
export type DeploymentInput = In<typeof deploymentCreate>;

const nullable = <E extends v.ObjectEntries>(entries: E) => v.partial(v.strictObject(entries)).entries;

/** Only what is sent is changed, so nothing here has a default. */
export const deploymentUpdate = strictShape(() => ({
  ...nullable({
    ...textFields(() => v.nullable(text())),
    schedule: v.nullable(schedule()),
    storage_document_id: v.nullable(uuid()),
    infrastructure_document_id: v.nullable(uuid()),
    parameters: jsonObject(),
    is_schedule_active: bool(),
    tags: list(text()),
  }),
  infra_overrides: keptUnlessSent(jsonObject()),
  ...later(),
  ...ours(),
}));
export type DeploymentUpdate = Out<typeof deploymentUpdate>;

export const deploymentFlowRunCreate = strictShape(() => ({
  state: maybe(stateCreate()),
  name: maybe(text()),
  parameters: orDefault(jsonObject(), () => ({})),
  context: orDefault(jsonObject(), () => ({})),
  infrastructure_document_id: maybe(uuid()),
  empirical_policy: v.optional(flowRunPolicy(), {}),
  tags: orDefault(list(text()), () => []),
  idempotency_key: maybe(text()),
  parent_task_run_id: maybe(uuid()),
  // Of clients later than 2.10.
  work_queue_name: maybe(text()),
  job_variables: maybe(jsonObject()),
  enforce_parameter_schema: maybe(bool()),
}));
export type DeploymentFlowRunCreate = Out<typeof deploymentFlowRunCreate>;

export const DEPLOYMENT_SORTS = ["CREATED_DESC", "UPDATED_DESC", "NAME_ASC", "NAME_DESC"] as const;

export const createDeployment = endpoint("POST", "/deployments/", {
  repeat: creates("/deployments/{id}"),
  body: deploymentCreate,
  response: deployment,
  statuses: [201, 200],
  ours: OURS,
});
export const readDeployment = endpoint("GET", "/deployments/{id}", { response: deployment });
export const readDeploymentByName = endpoint("GET", "/deployments/name/{flow_name}/{deployment_name}", {
  response: deployment,
});
/** Deprecated: queues that may pick up its runs. */
export const checkDeploymentQueues = endpoint("GET", "/deployments/{id}/work_queue_check", {
  response: lazy(() => list(workQueue())),
});
export const updateDeployment = endpoint("PATCH", "/deployments/{id}", { body: deploymentUpdate, ours: OURS });
export const deleteDeployment = endpoint("DELETE", "/deployments/{id}");
export const listDeployments = reading(
  "/deployments/filter",
  () => ({ ...page(), ...runAndPoolFilters(), sort: sortedBy(DEPLOYMENT_SORTS, "NAME_ASC") }),
  () => list(deployment()),
);
export const countDeployments = reading("/deployments/count", runAndPoolFilters, () => integer());
export const scheduleDeployment = endpoint("POST", "/deployments/{id}/schedule", {
  repeat: harmless("A scheduled run is known by its deployment and its time."),
  body: scheduleRequest,
  bodyOptional: true,
});
export const setScheduleActive = endpoint("POST", "/deployments/{id}/set_schedule_active", { repeat: KEYED });
export const setScheduleInactive = endpoint("POST", "/deployments/{id}/set_schedule_inactive", { repeat: KEYED });
/** The later names of the two above. */
const SWITCH = { repeat: KEYED, since: 17 };
export const resumeDeployment = endpoint("POST", "/deployments/{id}/resume_deployment", SWITCH);
export const pauseDeployment = endpoint("POST", "/deployments/{id}/pause_deployment", SWITCH);
export const createDeploymentFlowRun = endpoint("POST", "/deployments/{id}/create_flow_run", {
  repeat: creates("/flow_runs/{id}"),
  body: deploymentFlowRunCreate,
  response: flowRun,
  statuses: [201, 200],
});
/** What programs poll that run flows themselves (`serve`): their deployments' runs, those due first in front. */
export const getDeploymentsRuns = endpoint("POST", "/deployments/get_scheduled_flow_runs", {
  repeat: READS,
  body: shape(() => ({
    deployment_ids: list(uuid()),
    scheduled_before: maybe(timestamp()),
    limit: v.optional(v.nullable(integer())),
  })),
  response: lazy(() => list(flowRun())),
  since: 13,
});
