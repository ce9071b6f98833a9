// Stores the workers of a pool and when each was last heard of.
import type { Reader, Tx } from "#db/connect.ts";
import { all, condition } from "#db/sql.ts";
import { type Clock, timestampNow } from "#lib/clock.ts";
import { newId } from "#lib/ids.ts";
import type { WorkerFilter } from "#wire/filters.ts";
import type { Worker } from "#wire/pools/workers.ts";
import type { Page } from "../kernel/paging.ts";

export function noteWorker(tx: Tx, clock: Clock, poolId: string, name: string): void {
  const now = timestampNow(clock);
  tx.run(
    `insert into worker (id, created, updated, name, work_pool_id, last_heartbeat_time) values (?, ?, ?, ?, ?, ?)
     on conflict (work_pool_id, name) do update set last_heartbeat_time = excluded.last_heartbeat_time`,
    ...[newId(), now, now, name, poolId, now],
  );
}

/** The one heard of last in front. */
export function readWorkers(q: Reader, poolId: string, filter: WorkerFilter | null, page: Page): Worker[] {
  const { before_, after_ } = filter?.last_heartbeat_time ?? {};
  const where = all([
    condition("work_pool_id = ?", poolId),
    ...(before_ ? [condition("last_heartbeat_time <= ?", before_)] : []),
    ...(after_ ? [condition("last_heartbeat_time >= ?", after_)] : []),
  ]);
  return q.all<Worker>(
    `select id, created, updated, name, work_pool_id, last_heartbeat_time from worker where ${where.sql}
     order by last_heartbeat_time desc limit ? offset ?`,
    ...[...where.params, page.limit, page.offset],
  );
}
