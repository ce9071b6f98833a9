// Finds what has the places that others wait for.
import { readOwnJson } from "#db/codecs.ts";
import type { Reader } from "#db/connect.ts";
import { type Condition, inList } from "#db/sql.ts";

export interface Holder {
  flow_run_id: string;
  name: string;
}

export const MOST_HOLDERS = 5;

/** Runs among these that take a place of their queue or pool, those that began first in front. */
export function holdersOf(q: Reader, members: Condition): Holder[] {
  return q.all<Holder>(
    `select id as flow_run_id, name from flow_run
     where state_type in ('PENDING', 'RUNNING', 'CANCELLING') and ${members.sql} order by start_time limit ${MOST_HOLDERS}`,
    ...members.params,
  );
}

export interface Blocked {
  tag: string;
  limit: number;
  /** Task runs that wait. */
  tasks: number;
  since: string | null;
  heldBy: Holder[];
}

interface Waiter {
  tags: string;
  since: string | null;
}

/** The first full limit that task runs of a flow run wait for; they are Pending until they have a slot. */
export function tasksWithoutSlot(q: Reader, flowRunId: string): Blocked | undefined {
  const waiters = q.all<Waiter>(
    `select tags, state_timestamp as since from task_run
     where flow_run_id = ? and state_type = 'PENDING' and tags <> '[]' order by state_timestamp`,
    flowRunId,
  );
  if (waiters.length === 0) return undefined;
  const tags = waiters.map((waiter) => readOwnJson<string[]>(waiter.tags));
  const where = inList("tag", [...new Set(tags.flat())]);
  const limits = q.all<{ tag: string; limit: number; slots: string }>(
    `select tag, concurrency_limit as "limit", active_slots as slots from concurrency_limit where ${where.sql} order by tag`,
    ...where.params,
  );
  const full = limits.find(({ limit, slots }) => readOwnJson<string[]>(slots).length >= limit);
  if (!full) return undefined;
  const waiting = waiters.filter((_, index) => tags[index]?.includes(full.tag));
  return {
    tag: full.tag,
    limit: full.limit,
    tasks: waiting.length,
    since: waiting[0]?.since ?? null,
    heldBy: runsOfTasks(q, readOwnJson<string[]>(full.slots)),
  };
}

function runsOfTasks(q: Reader, taskRunIds: readonly string[]): Holder[] {
  const where = inList("t.id", taskRunIds);
  return q.all<Holder>(
    `select distinct r.id as flow_run_id, r.name from task_run t join flow_run r on r.id = t.flow_run_id
     where ${where.sql} limit ${MOST_HOLDERS}`,
    ...where.params,
  );
}
