// Which queues an agent's scope means, and which of their runs are to be cancelled.
import type { Reader } from "#db/connect.ts";
import { all, any, inList, notInList } from "#db/sql.ts";
import type { AgentScope } from "#wire/pools/agents.ts";
import { DEFAULT_POOL, type WorkPool } from "#wire/pools/work-pools.ts";
import type { WorkQueue } from "#wire/pools/work-queues.ts";
import { listPools, readPool } from "../work-pools/store.ts";
import { membersOf } from "../work-queues/slots.ts";
import { listQueues } from "../work-queues/store.ts";

const ALL_ROWS = { limit: 1_000_000, offset: 0 };

export interface PoolQueues {
  pool: WorkPool;
  queues: WorkQueue[];
}

/** The queues by their pools. Pools and queues that are not there are left out. */
export function poolQueuesOf(q: Reader, scope: AgentScope): PoolQueues[] {
  const { work_pool_name, work_queue_names: names, work_queue_prefixes: prefixes } = scope;
  const anyPool = !work_pool_name && prefixes;
  const pool = anyPool ? undefined : readPool(q, work_pool_name ?? DEFAULT_POOL);
  const pools = anyPool ? listPools(q, null, ALL_ROWS) : pool ? [pool] : [];
  const filter = {
    operator: "and_" as const,
    id: null,
    name: { any_: names ?? null, like_: null, startswith_: prefixes ?? null },
  };
  return pools.map((pool) => ({ pool, queues: listQueues(q, filter, ALL_ROWS, pool.id) }));
}

/** Runs of these queues that are being cancelled; ids, those asked for first in front. */
export function cancellingRuns(
  q: Reader,
  scope: readonly PoolQueues[],
  { except, only }: { except: readonly string[]; only: readonly string[] | null },
  limit: number,
): string[] {
  const queues = scope.flatMap((each) => each.queues);
  const plain = queues.filter((queue) => !queue.filter).map(({ id }) => id);
  const legacy = queues.filter((queue) => queue.filter).map(membersOf);
  const where = all([
    any([inList("work_queue_id", plain), ...legacy]),
    notInList("id", except),
    ...(only ? [inList("id", only)] : []),
  ]);
  const sql = `select id from flow_run where state_type = 'CANCELLING' and ${where.sql} order by state_timestamp limit ?`;
  return q.all<{ id: string }>(sql, ...where.params, limit).map(({ id }) => id);
}
