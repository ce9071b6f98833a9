// What the database has to say about itself and its runs. Each is a count in an index.
import { statSync } from "node:fs";
import type { Reader } from "#db/connect.ts";
import { type Timestamp, toMillis } from "#lib/time/timestamps.ts";
import type { StateType } from "#wire/runs/states.ts";

export function countRuns(q: Reader, kind: "flow_run" | "task_run", state: StateType): number {
  return q.get<{ n: number }>(`select count(*) as n from ${kind} where state_type = ?`, state)?.n ?? 0;
}

/** How long the run has been due that has waited longest for its start; 0 when none waits. */
export function longestWaitMillis(q: Reader, now: Timestamp): number {
  const sql = "select min(next_scheduled_start_time) as due from flow_run where next_scheduled_start_time <= ?";
  const due = q.get<{ due: Timestamp | null }>(sql, now)?.due;
  return due ? toMillis(now) - toMillis(due) : 0;
}

export interface QueueDepth {
  pool: string;
  queue: string;
  /** Runs that are due and not claimed. */
  due: number;
  /** Runs that hold one of its slots. */
  active: number;
}

export function queueDepths(q: Reader, now: Timestamp): QueueDepth[] {
  return q.all<QueueDepth>(
    `select work_pool.name as pool, work_queue.name as queue,
       (select count(*) from flow_run where work_queue_id = work_queue.id and state_type = 'SCHEDULED'
          and next_scheduled_start_time <= ?) as due,
       (select count(*) from flow_run where work_queue_id = work_queue.id
          and state_type in ('PENDING', 'RUNNING', 'CANCELLING')) as active
     from work_queue join work_pool on work_pool.id = work_queue.work_pool_id
     order by pool, queue`,
    now,
  );
}

export interface DatabaseSize {
  bytes: number;
  walBytes: number;
}

export function databaseSize(q: Reader): DatabaseSize {
  const sql = "select page_count * page_size as bytes from pragma_page_count(), pragma_page_size()";
  const path = databaseFile(q);
  const wal = path === "" ? undefined : statSync(`${path}-wal`, { throwIfNoEntry: false });
  return { bytes: q.get<{ bytes: number }>(sql)?.bytes ?? 0, walBytes: wal?.size ?? 0 };
}

/** Empty for one in memory. */
export function databaseFile(q: Reader): string {
  return q.get<{ file: string | null }>("select file from pragma_database_list where name = 'main'")?.file ?? "";
}
