// Which runs wait in a queue or a pool: due, not paused, within the limits. A run belongs to the queue it was given;
// the old server matched by the queue's name, in any pool.
import type { Reader } from "#db/connect.ts";
import { all, type Condition, condition } from "#db/sql.ts";
import type { WorkPool } from "#wire/pools/work-pools.ts";
import type { WorkQueue } from "#wire/pools/work-queues.ts";
import { WAITS_IN_ITS_PROCESS } from "../heartbeats/store.ts";
import { hasItsTurn } from "../run-policies/store.ts";
import { membersOf, membersOfPool, type Rules, slots } from "./slots.ts";

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

/** Scheduled runs of one queue, those due first in front. */
export function dueRunsOfQueue(q: Reader, queue: WorkQueue, bounds: DueBounds, rules: Rules = "queue"): DueRun[] {
  if (queue.is_paused) return [];
  const members = membersOf(queue);
  const limit = Math.min(slots(q, queue.concurrency_limit, members, queue.filter ? "pool" : rules), bounds.limit);
  if (limit <= 0) return [];
  const where = all([members, ...timeBounds(bounds), hasItsTurn(q)]);
  return q.all<DueRun>(
    `select id, ? as work_queue_id, next_scheduled_start_time from flow_run
     where state_type = 'SCHEDULED' and next_scheduled_start_time is not null and ${where.sql}
       and not ${WAITS_IN_ITS_PROCESS}
     order by next_scheduled_start_time, id limit ?`,
    ...[queue.id, ...where.params, limit],
  );
}

/** Scheduled runs of a pool: by the queues' priorities, then by time, within the limits of queues and pool. */
export function dueRunsOfPool(q: Reader, pool: WorkPool, queues: readonly WorkQueue[], bounds: DueBounds): DueRun[] {
  if (pool.is_paused) return [];
  const most = Math.min(slots(q, pool.concurrency_limit, membersOfPool(pool), "pool"), bounds.limit);
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

/** Those due first in front. */
export function byTime(a: DueRun, b: DueRun): number {
  const [one, two] = [`${a.next_scheduled_start_time}${a.id}`, `${b.next_scheduled_start_time}${b.id}`];
  return one < two ? -1 : Number(one > two);
}
