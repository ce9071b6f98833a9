// Which runs wait in a queue or a pool: due, not paused, within the limits. A run belongs to the queue it was given.
import type { Reader } from "#db/connect.ts";
import { all, type Condition, condition, holdsAll, inList } from "#db/sql.ts";
import type { WorkPool } from "#wire/work-pools.ts";
import type { WorkQueue } from "#wire/work-queues.ts";

/** `scheduled_before` and `scheduled_after` are timestamps, both included. */
export interface DueBounds {
  before: string | null;
  after: string | null;
  limit: number;
}

export interface DueRun {
  id: string;
  work_queue_id: string;
  next_scheduled_start_time: string;
}

/** As on the old server: what an unlimited queue or pool gives at most. */
const UNLIMITED = 1000;
const POOL_SLOT_TYPES = "('RUNNING', 'PENDING')";
const QUEUE_SLOT_TYPES = "('RUNNING', 'PENDING', 'CANCELLING')";

/** Scheduled runs of one queue, those due first in front. */
export function dueRunsOfQueue(q: Reader, queue: WorkQueue, bounds: DueBounds, slotTypes = QUEUE_SLOT_TYPES): DueRun[] {
  if (queue.is_paused) return [];
  const members = membersOf(queue);
  const free = queue.concurrency_limit === null ? UNLIMITED : queue.concurrency_limit - taken(q, members, slotTypes);
  const limit = Math.min(free, bounds.limit);
  if (limit <= 0) return [];
  const where = all([members, ...timeBounds(bounds)]);
  return q.all<DueRun>(
    `select id, ? as work_queue_id, next_scheduled_start_time from flow_run
     where state_type = 'SCHEDULED' and next_scheduled_start_time is not null and ${where.sql}
     order by next_scheduled_start_time, id limit ?`,
    ...[queue.id, ...where.params, limit],
  );
}

/** Queues with a legacy filter take runs by tags and deployments, wherever they are. */
function membersOf(queue: WorkQueue): Condition {
  if (!queue.filter) return condition("work_queue_id = ?", queue.id);
  const { tags, deployment_ids } = queue.filter;
  return all([
    ...(tags?.length ? [holdsAll("tags", tags)] : []),
    ...(deployment_ids?.length ? [inList("deployment_id", deployment_ids)] : []),
  ]);
}

function taken(q: Reader, members: Condition, types: string): number {
  const sql = `select count(*) as n from flow_run where state_type in ${types} and ${members.sql}`;
  return q.get<{ n: number }>(sql, ...members.params)?.n ?? 0;
}

function timeBounds({ before, after }: DueBounds): Condition[] {
  return [
    ...(before === null ? [] : [condition("next_scheduled_start_time <= ?", before)]),
    ...(after === null ? [] : [condition("next_scheduled_start_time >= ?", after)]),
  ];
}

/** Scheduled runs of a pool: by the queues' priorities, then by time, within the limits of queues and pool. */
export function dueRunsOfPool(q: Reader, pool: WorkPool, queues: readonly WorkQueue[], bounds: DueBounds): DueRun[] {
  if (pool.is_paused) return [];
  const ofPool = condition("work_queue_id in (select id from work_queue where work_pool_id = ?)", pool.id);
  const free = pool.concurrency_limit === null ? UNLIMITED : pool.concurrency_limit - taken(q, ofPool, POOL_SLOT_TYPES);
  const ranked = queues.toSorted((a, b) => a.priority - b.priority);
  const runs: DueRun[] = [];
  for (const queue of ranked) {
    const limit = Math.min(free, bounds.limit) - runs.length;
    if (limit <= 0) break;
    runs.push(...dueRunsOfQueue(q, queue, { ...bounds, limit }, POOL_SLOT_TYPES));
  }
  return runs;
}

/** When the next run of these queues becomes due after a moment; `undefined` when none is in sight. */
export function nextDue(q: Reader, queues: readonly WorkQueue[], after: string): string | undefined {
  const times = queues.flatMap((queue) => {
    const members = membersOf(queue);
    const row = q.get<{ due: string | null }>(
      `select min(next_scheduled_start_time) as due from flow_run
       where state_type = 'SCHEDULED' and next_scheduled_start_time > ? and ${members.sql}`,
      ...[after, ...members.params],
    );
    return row?.due ?? [];
  });
  return times.toSorted()[0];
}
