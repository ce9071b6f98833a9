// Which runs wait in a queue or a pool: due, not paused, within the limits. A run belongs to the queue it was given;
// the old server matched by the queue's name, in any pool.
import type { Reader } from "#db/connect.ts";
import { all, type Condition, condition, holdsAll, inList } from "#db/sql.ts";
import type { WorkPool } from "#wire/work-pools.ts";
import type { WorkQueue } from "#wire/work-queues.ts";

/** Timestamps, both included. */
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

export function idsOf(runs: readonly DueRun[]): string[] {
  return runs.map(({ id }) => id);
}

/** As on the old server: what an unlimited queue or pool gives at most. */
const UNLIMITED = 1000;
const TAKING_SLOTS = {
  queue: ["PENDING", "RUNNING", "CANCELLING"],
  pool: ["PENDING", "RUNNING"],
} as const;

/** Whose rules count: those of the queue's own route, or those of the pool's. They differ in what takes a slot. */
type Rules = keyof typeof TAKING_SLOTS;

/** Scheduled runs of one queue, those due first in front. */
export function dueRunsOfQueue(q: Reader, queue: WorkQueue, bounds: DueBounds, rules: Rules = "queue"): DueRun[] {
  if (queue.is_paused) return [];
  const members = membersOf(queue);
  const limit = Math.min(slots(q, queue.concurrency_limit, members, queue.filter ? "pool" : rules), bounds.limit);
  if (limit <= 0) return [];
  const where = all([members, ...timeBounds(bounds)]);
  return q.all<DueRun>(
    `select id, ? as work_queue_id, next_scheduled_start_time from flow_run
     where state_type = 'SCHEDULED' and next_scheduled_start_time is not null and ${where.sql}
     order by next_scheduled_start_time, id limit ?`,
    ...[queue.id, ...where.params, limit],
  );
}

/** Scheduled runs of a pool: by the queues' priorities, then by time, within the limits of queues and pool. */
export function dueRunsOfPool(q: Reader, pool: WorkPool, queues: readonly WorkQueue[], bounds: DueBounds): DueRun[] {
  if (pool.is_paused) return [];
  const members = condition("work_queue_id in (select id from work_queue where work_pool_id = ?)", pool.id);
  const most = Math.min(slots(q, pool.concurrency_limit, members, "pool"), bounds.limit);
  const runs: DueRun[] = [];
  for (const rank of ranksOf(queues)) {
    const limit = most - runs.length;
    if (limit <= 0) break;
    const found = rank.flatMap((queue) => dueRunsOfQueue(q, queue, { ...bounds, limit }, "pool"));
    runs.push(...(rank.length > 1 ? found.toSorted(byTime) : found).slice(0, limit));
  }
  return runs;
}

/** When the next run of these queues becomes due after a moment; `undefined` when none is in sight. */
export function nextDue(q: Reader, queues: readonly WorkQueue[], after: string): string | undefined {
  const times = queues.flatMap((queue) => {
    if (queue.is_paused) return [];
    const members = membersOf(queue);
    const row = q.get<{ due: string }>(
      `select next_scheduled_start_time as due from flow_run
       where state_type = 'SCHEDULED' and next_scheduled_start_time > ? and ${members.sql}
       order by next_scheduled_start_time limit 1`,
      ...[after, ...members.params],
    );
    return row ? [row.due] : [];
  });
  return times.toSorted()[0];
}

/** Queues with a legacy filter take deployed runs by tags and deployments, wherever they are. */
function membersOf(queue: WorkQueue): Condition {
  if (!queue.filter) return condition("work_queue_id = ?", queue.id);
  const { tags, deployment_ids } = queue.filter;
  return all([
    condition("deployment_id is not null"),
    ...(tags ? [holdsAll("tags", tags)] : []),
    ...(deployment_ids ? [inList("deployment_id", deployment_ids)] : []),
  ]);
}

/** How many more runs may start. */
function slots(q: Reader, limit: number | null, members: Condition, rules: Rules): number {
  if (limit === null) return UNLIMITED;
  const types = inList("state_type", TAKING_SLOTS[rules]);
  // The first list is the index's own: the planner takes a partial index only when its condition is repeated.
  const sql = `select count(*) as n from flow_run
    where state_type in ('PENDING', 'RUNNING', 'CANCELLING') and ${types.sql} and ${members.sql}`;
  const row = q.get<{ n: number }>(sql, ...types.params, ...members.params);
  return Math.min(limit - (row?.n ?? 0), UNLIMITED);
}

function timeBounds({ before, after }: DueBounds): Condition[] {
  return [
    ...(before === null ? [] : [condition("next_scheduled_start_time <= ?", before)]),
    ...(after === null ? [] : [condition("next_scheduled_start_time >= ?", after)]),
  ];
}

/** Queues of the same priority together, those that come first in front. */
function ranksOf(queues: readonly WorkQueue[]): WorkQueue[][] {
  const ranks = Map.groupBy(
    queues.toSorted((a, b) => a.priority - b.priority),
    ({ priority }) => priority,
  );
  return [...ranks.values()];
}

function byTime(a: DueRun, b: DueRun): number {
  const [one, two] = [`${a.next_scheduled_start_time}${a.id}`, `${b.next_scheduled_start_time}${b.id}`];
  return one < two ? -1 : Number(one > two);
}
