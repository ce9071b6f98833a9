// Work queues: where runs wait for an agent. The flat routes live in the pool `default-agent-pool`.
import * as v from "valibot";
import { creating, endpoint, lazy, type Out, shape, strictShape } from "../endpoint.ts";
import { page, reading, workQueueFilter } from "../filters.ts";
import { bool, integer, keptUnlessSent, list, maybe, orDefault, stored, text, timestamp, uuid } from "../primitives.ts";
import { READS } from "../repeat.ts";
import { flowRun } from "../runs/flow-runs.ts";

/** The legacy way to match runs: by tags and deployments. */
export const queueFilter = shape(() => ({ tags: maybe(list(text())), deployment_ids: maybe(list(uuid())) }));

export const workQueue = shape(() => ({
  ...stored(),
  name: text(),
  description: v.nullable(text()),
  is_paused: bool(),
  concurrency_limit: v.nullable(integer()),
  priority: integer(),
  work_pool_id: v.nullable(uuid()),
  filter: v.nullable(queueFilter()),
  last_polled: v.nullable(timestamp()),
}));
export type WorkQueue = Out<typeof workQueue>;

export const workQueueCreate = strictShape(() => ({
  name: text({ name: true }),
  description: v.optional(v.nullable(text()), ""),
  is_paused: orDefault(bool(), () => false),
  concurrency_limit: maybe(integer({ min: 0 })),
  priority: maybe(integer({ min: 0 })),
  filter: maybe(queueFilter()),
}));
export type WorkQueueCreate = Out<typeof workQueueCreate>;

/** Only what is sent is changed. */
export const workQueueUpdate = strictShape(() => ({
  name: v.optional(text({ name: true })),
  description: keptUnlessSent(text()),
  is_paused: v.optional(bool()),
  concurrency_limit: v.optional(v.nullable(integer({ min: 0 }))),
  priority: keptUnlessSent(integer({ min: 1 })),
  last_polled: v.optional(v.nullable(timestamp())),
  filter: v.optional(v.nullable(queueFilter())),
}));
export type WorkQueueUpdate = Out<typeof workQueueUpdate>;

export const createWorkQueue = creating("/work_queues/", workQueueCreate, workQueue);
export const readWorkQueue = endpoint("GET", "/work_queues/{id}", { response: workQueue });
export const readWorkQueueByName = endpoint("GET", "/work_queues/name/{name}", { response: workQueue });
export const workQueueStatus = shape(() => ({
  healthy: bool(),
  late_runs_count: integer(),
  last_polled: v.nullable(timestamp()),
  health_check_policy: v.object({ maximum_late_runs: integer(), maximum_seconds_since_last_polled: integer() }),
}));
export type WorkQueueStatus = Out<typeof workQueueStatus>;
export const readWorkQueueStatus = endpoint("GET", "/work_queues/{id}/status", { response: workQueueStatus });
/** Of many queues at once, in no order: of those that the filter names. */
export const readWorkQueueStatuses = endpoint("POST", "/orch/work_queues/status", {
  repeat: READS,
  body: strictShape(() => ({ ...page(), work_queues: maybe(workQueueFilter()) })),
  bodyOptional: true,
  response: lazy(() => list(v.object({ id: uuid(), ...workQueueStatus().entries }))),
});
export const updateWorkQueue = endpoint("PATCH", "/work_queues/{id}", { body: workQueueUpdate });
export const deleteWorkQueue = endpoint("DELETE", "/work_queues/{id}");
export const listWorkQueues = reading(
  "/work_queues/filter",
  () => ({ ...page(), work_queues: maybe(workQueueFilter()) }),
  () => list(workQueue()),
);
/** With `Prefer: wait=N` the answer is held until a run is due, the queue changes, or N seconds pass (RFC 7240). */
export const getQueueRuns = reading(
  "/work_queues/{id}/get_runs",
  () => ({ scheduled_before: maybe(timestamp()), agent_id: maybe(uuid()), limit: v.optional(v.nullable(integer())) }),
  () => list(flowRun()),
);
