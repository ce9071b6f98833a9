// Workers: the programs that take runs of pools of other types than agents' and say that they are there.
import { endpoint, type Out, shape } from "../endpoint.ts";
import { page, reading, workerFilter } from "../filters.ts";
import { integer, list, maybe, stored, text, timestamp, uuid } from "../primitives.ts";
import { harmless } from "../repeat.ts";

export const worker = shape(() => ({
  ...stored(),
  name: text(),
  work_pool_id: uuid(),
  last_heartbeat_time: timestamp(),
}));
export type Worker = Out<typeof worker>;

export const heartbeatWorker = endpoint("POST", "/work_pools/{work_pool_name}/workers/heartbeat", {
  repeat: harmless("It says that the worker is there: the time of the last word counts."),
  // Later clients send the seconds between their heartbeats as well.
  body: shape(() => ({ name: text(), heartbeat_interval_seconds: maybe(integer({ above: 0 })) })),
  statuses: [204],
});
export const listWorkers = reading(
  "/work_pools/{work_pool_name}/workers/filter",
  () => ({ ...page(), workers: maybe(workerFilter()) }),
  () => list(worker()),
);
