// Queue membership and free concurrency slots of queues and pools.
import type { Reader } from "#db/connect.ts";
import { all, type Condition, condition, holdsAll, inList } from "#db/sql.ts";
import type { WorkQueue } from "#wire/pools/work-queues.ts";

/** As on the old server: what an unlimited queue or pool gives at most. */
const UNLIMITED = 1000;
const TAKING_SLOTS = {
  queue: ["PENDING", "RUNNING", "CANCELLING"],
  pool: ["PENDING", "RUNNING"],
} as const;

/** Whose rules count: those of the queue's own route, or those of the pool's. They differ in what takes a slot. */
export type Rules = keyof typeof TAKING_SLOTS;

/** Queues with a legacy filter take deployed runs by tags and deployments, wherever they are. */
export function membersOf(queue: Pick<WorkQueue, "id" | "filter">): Condition {
  if (!queue.filter) return condition("work_queue_id = ?", queue.id);
  const { tags, deployment_ids } = queue.filter;
  return all([
    condition("deployment_id is not null"),
    ...(tags ? [holdsAll("tags", tags)] : []),
    ...(deployment_ids ? [inList("deployment_id", deployment_ids)] : []),
  ]);
}

export function membersOfPool({ id }: { id: string }): Condition {
  return condition("work_queue_id in (select id from work_queue where work_pool_id = ?)", id);
}

/** How many more runs may start. */
export function slots(q: Reader, limit: number | null, members: Condition, rules: Rules): number {
  if (limit === null) return UNLIMITED;
  const types = inList("state_type", TAKING_SLOTS[rules]);
  // The first list is the index's own: the planner takes a partial index only when its condition is repeated.
  const sql = `select count(*) as n from flow_run
    where state_type in ('PENDING', 'RUNNING', 'CANCELLING') and ${types.sql} and ${members.sql}`;
  const row = q.get<{ n: number }>(sql, ...types.params, ...members.params);
  return Math.min(limit - (row?.n ?? 0), UNLIMITED);
}

interface Limits {
  queue_id: string;
  queue_name: string;
  queue_limit: number | null;
  pool_id: string;
  pool_name: string;
  pool_limit: number | null;
}

/** The work queue or pool of a scheduled run that is full: since the run was offered, others may have started. */
export function fullLimitOf(q: Reader, runId: string): string | undefined {
  const limits = q.get<Limits>(
    `select work_queue.id as queue_id, work_queue.name as queue_name, work_queue.concurrency_limit as queue_limit,
       work_pool.id as pool_id, work_pool.name as pool_name, work_pool.concurrency_limit as pool_limit
     from flow_run join work_queue on work_queue.id = flow_run.work_queue_id
       join work_pool on work_pool.id = work_queue.work_pool_id
     where flow_run.id = ? and flow_run.state_type = 'SCHEDULED'`,
    runId,
  );
  if (!limits) return undefined;
  const { queue_id: id, queue_limit, pool_limit } = limits;
  if (slots(q, queue_limit, membersOf({ id, filter: null }), "pool") <= 0) return `work queue '${limits.queue_name}'`;
  if (slots(q, pool_limit, membersOfPool({ id: limits.pool_id }), "pool") <= 0)
    return `work pool '${limits.pool_name}'`;
  return undefined;
}
