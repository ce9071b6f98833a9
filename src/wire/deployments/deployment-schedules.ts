// The schedules of a deployment, several since Prefect 2.16. Clients of 2.10 see one of them.
import * as v from "valibot";
import { endpoint, lazy, type Out, shape, strictShape } from "../endpoint.ts";
import { bool, integer, list, maybe, stored, uuid } from "../primitives.ts";
import { ACTS } from "../repeat.ts";
import { deploymentScheduleCreate, MOST_SCHEDULED_RUNS, schedule } from "./schedules.ts";

/** Only what is sent is changed; null is nothing, because clients send it for what they leave open. */
export const deploymentScheduleUpdate = strictShape(() => ({
  schedule: maybe(schedule()),
  active: maybe(bool()),
  max_active_runs: maybe(integer({ above: 0 })),
  max_scheduled_runs: maybe(integer({ above: 0, max: MOST_SCHEDULED_RUNS })),
  catchup: maybe(bool()),
}));
export type DeploymentScheduleUpdate = Out<typeof deploymentScheduleUpdate>;

export const deploymentSchedule = shape(() => ({
  ...stored(),
  deployment_id: uuid(),
  schedule: schedule(),
  active: bool(),
  max_active_runs: v.nullable(integer()),
  max_scheduled_runs: v.nullable(integer()),
  catchup: bool(),
}));
export type DeploymentSchedule = Out<typeof deploymentSchedule>;

const since = 16;

export const listDeploymentSchedules = endpoint("GET", "/deployments/{id}/schedules", {
  response: lazy(() => list(deploymentSchedule())),
  since,
});
export const createDeploymentSchedules = endpoint("POST", "/deployments/{id}/schedules", {
  repeat: ACTS,
  body: lazy(() => list(deploymentScheduleCreate())),
  response: lazy(() => list(deploymentSchedule())),
  since,
  statuses: [201],
});
export const updateDeploymentSchedule = endpoint("PATCH", "/deployments/{id}/schedules/{schedule_id}", {
  body: deploymentScheduleUpdate,
  since,
});
export const deleteDeploymentSchedule = endpoint("DELETE", "/deployments/{id}/schedules/{schedule_id}", { since });
