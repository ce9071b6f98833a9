// The workers of a pool: who said to be there, and when.
import type { Reader, Tx } from "#db/connect.ts";
import { all, condition } from "#db/sql.ts";
import { type Clock, timestampNow } from "#lib/clock.ts";
import { newId } from "#lib/ids.ts";
import type { WorkerFilter } from "#wire/filters.ts";
import * as wire from "#wire/work/workers.ts";
import type { ServerContext } from "../context.ts";
import { handle, type Route } from "../http/router.ts";
import { type Page, pageOf } from "../paging.ts";
import { poolNamed } from "./queue-routes.ts";

function noteWorker(tx: Tx, clock: Clock, poolId: string, name: string): void {
  const now = timestampNow(clock);
  tx.run(
    `insert into worker (id, created, updated, name, work_pool_id, last_heartbeat_time) values (?, ?, ?, ?, ?, ?)
     on conflict (work_pool_id, name) do update set last_heartbeat_time = excluded.last_heartbeat_time`,
    ...[newId(), now, now, name, poolId, now],
  );
}

/** The one heard of last in front. */
function readWorkers(q: Reader, poolId: string, filter: WorkerFilter | null, page: Page): wire.Worker[] {
  const { before_, after_ } = filter?.last_heartbeat_time ?? {};
  const where = all([
    condition("work_pool_id = ?", poolId),
    ...(before_ ? [condition("last_heartbeat_time <= ?", before_)] : []),
    ...(after_ ? [condition("last_heartbeat_time >= ?", after_)] : []),
  ]);
  return q.all<wire.Worker>(
    `select id, created, updated, name, work_pool_id, last_heartbeat_time from worker where ${where.sql}
     order by last_heartbeat_time desc limit ? offset ?`,
    ...[...where.params, page.limit, page.offset],
  );
}

export function workerRoutes({ db, clock, settings }: ServerContext): Route[] {
  return [
    handle(wire.heartbeatWorker, async ({ params, body }, { write }) => {
      await write((tx) => noteWorker(tx, clock, poolNamed(tx, params.work_pool_name).id, body.name));
      return null;
    }),
    handle(wire.listWorkers, async ({ params, body }) => {
      const page = pageOf(body, settings);
      return db.read((q) => readWorkers(q, poolNamed(q, params.work_pool_name).id, body.workers, page));
    }),
  ];
}
