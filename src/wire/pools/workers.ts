// Workers: the programs that take runs of pools of other types than agents' and say that they are there.
import * as v from "valibot";
import { endpoint, lazy, type Out } from "../endpoint.ts";
import { page, workerFilter } from "../filters.ts";
import { integer, list, maybe, text, timestamp, uuid } from "../primitives.ts";
import { harmless, READS } from "../repeat.ts";

export const worker = lazy(() =>
  v.object({
    id: uuid(),
    created: timestamp(),
    updated: timestamp(),
    name: text(),
    work_pool_id: uuid(),
    last_heartbeat_time: timestamp(),
  }),
);
export type Worker = Out<typeof worker>;

export const heartbeatWorker = endpoint("POST", "/work_pools/{work_pool_name}/workers/heartbeat", {
  repeat: harmless("It says that the worker is there: the time of the last word counts."),
  // Later clients send the seconds between their heartbeats as well.
  body: lazy(() => v.object({ name: text(), heartbeat_interval_seconds: maybe(integer({ above: 0 })) })),
  statuses: [204],
});
export const listWorkers = endpoint("POST", "/work_pools/{work_pool_name}/workers/filter", {
  repeat: READS,
  body: lazy(() => v.object({ ...page(), workers: maybe(workerFilter()) })),
  bodyOptional: true,
  response: lazy(() => list(worker())),
});
