// Deployments as a list shows them: schedules in words, the last runs of each, the next one.
import * as v from "valibot";
import { endpoint, lazy, type Out, shape, strictShape } from "../endpoint.ts";
import { deploymentFilters, nullAs, page, sortedBy } from "../filters.ts";
import { bool, integer, list, seconds, text, timestamp, uuid } from "../primitives.ts";
import { READS } from "../repeat.ts";
import { stateTypeSchema } from "../runs/states.ts";
import { deploymentSchedule } from "./deployment-schedules.ts";
import { DEPLOYMENT_SORTS } from "./deployments.ts";

const MOST_RUNS = 100;
const USUAL_RUNS = 50;

/** Runs in columns of one length, the oldest first. `at`: when it started, or should have, in milliseconds since 1970. */
const lastRuns = () =>
  v.object({
    ids: list(uuid()),
    states: list(stateTypeSchema()),
    at: list(integer()),
    seconds: list(seconds()),
  });

export const deploymentActivity = shape(() => ({
  id: uuid(),
  name: text(),
  flow_id: uuid(),
  flow_name: text(),
  created: timestamp(),
  updated: timestamp(),
  tags: list(text()),
  work_queue_id: v.nullable(uuid()),
  work_queue_name: v.nullable(text()),
  work_pool_name: v.nullable(text()),
  /** Its schedules make no runs. */
  paused: bool(),
  schedules: list(
    v.object({ id: uuid(), active: bool(), schedule: deploymentSchedule().entries.schedule, words: text() }),
  ),
  /** When the next run is due that is there already. */
  next_run: v.nullable(timestamp()),
  /** Runs that are scheduled and late. */
  late: integer(),
  /** The median of the last 20 completed runs; null when there is none. */
  usual_duration: v.nullable(seconds()),
  /** The last that were made and are not only planned. */
  runs: lastRuns(),
}));
export type DeploymentActivity = Out<typeof deploymentActivity>;

/** `count`: of the whole filter. */
export const readDeploymentActivity = endpoint("POST", "/orch/deployments/activity", {
  repeat: READS,
  body: strictShape(() => ({
    ...deploymentFilters(),
    ...page(),
    sort: sortedBy(DEPLOYMENT_SORTS, "NAME_ASC"),
    runs: nullAs(integer({ min: 0, max: MOST_RUNS }), USUAL_RUNS),
  })),
  bodyOptional: true,
  response: shape(() => ({ count: integer(), deployments: list(deploymentActivity()) })),
});

/** As `deployment build` writes it, with secrets of blocks hidden. */
export const readDeploymentYaml = endpoint("GET", "/orch/deployments/{id}/yaml", {
  response: lazy(() => text()),
  isText: true,
});
