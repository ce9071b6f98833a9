// What was stored since a moment, read from the rows themselves: there is no second record of what happened.

import type { Reader, SqlValue } from "#db/connect.ts";
import { countRows } from "#db/rows.ts";
import type { Timestamp } from "#lib/time/timestamps.ts";
import type { EventData } from "#wire/events.ts";

export type ListenerEvent = { [Name in keyof EventData]: { name: Name; data: EventData[Name] } }[keyof EventData];
export type StateEvent = Extract<ListenerEvent, { name: "flow-run-state" | "task-run-state" }>;

const STATE = "s.type as state_type, s.name as state_name, s.message, s.timestamp";
const FLOW_RUN_STATES = `select s.id, s.flow_run_id, r.name as run_name, ${STATE}, r.flow_id, r.deployment_id
  from flow_run_state s join flow_run r on r.id = s.flow_run_id`;
const TASK_RUN_STATES = `select s.id, r.flow_run_id, r.name as run_name, ${STATE}, s.task_run_id
  from task_run_state s join task_run r on r.id = s.task_run_id`;
/** The plus keeps the plan to the ids: a run may have a million lines, but few of them are new. */
export function statesAfter(q: Reader, id: string, flowRunId: string | null, limit: number): StateEvent[] {
  const of = (column: string) => (flowRunId === null ? "" : ` and +${column} = ?`);
  const params: SqlValue[] = flowRunId === null ? [id, limit] : [id, flowRunId, limit];
  const rows: StateEvent[] = [
    ...q
      .all<EventData["flow-run-state"]>(
        `${FLOW_RUN_STATES} where s.id > ?${of("s.flow_run_id")} order by s.id limit ?`,
        ...params,
      )
      .map((data) => ({ name: "flow-run-state" as const, data })),
    ...q
      .all<EventData["task-run-state"]>(
        `${TASK_RUN_STATES} where s.id > ?${of("r.flow_run_id")} order by s.id limit ?`,
        ...params,
      )
      .map((data) => ({ name: "task-run-state" as const, data })),
  ];
  return rows.sort((a, b) => (a.data.id < b.data.id ? -1 : 1)).slice(0, limit);
}

/** The logs of a run that arrived after one with this row number, in the order of arrival. */
export function logsAfter(q: Reader, row: number, flowRunId: string, limit: number) {
  return q
    .all<EventData["log"] & { row: number }>(
      `select rowid as row, id, flow_run_id, task_run_id, name, level, message, timestamp from log
       where rowid > ? and +flow_run_id = ? order by rowid limit ?`,
      ...[row, flowRunId, limit],
    )
    .map(({ row: number, ...data }) => ({ row: number, event: { name: "log" as const, data } }));
}

/** Of all states; empty when there are none. */
export function newestState(q: Reader): string {
  const newest = (table: string) => `(select max(id) from ${table})`;
  const sql = `select ${newest("flow_run_state")} as f, ${newest("task_run_state")} as t`;
  const { f, t } = q.get<Record<"f" | "t", string | null>>(sql) ?? { f: null, t: null };
  return [f ?? "", t ?? ""].sort().at(-1) ?? "";
}

/** The row number of the log that arrived last; 0 when there is none. */
export function newestLog(q: Reader): number {
  return q.get<{ n: number | null }>("select max(rowid) as n from log")?.n ?? 0;
}

/** When a queue or deployment was changed last; null when there is none. */
export function newestChange(q: Reader): Timestamp | null {
  const newest = (table: string) => `select max(updated) as at from ${table}`;
  const sql = `select max(at) as at from (${newest("work_queue")} union all ${newest("deployment")})`;
  return q.get<{ at: Timestamp | null }>(sql)?.at ?? null;
}

/** Whether more than so many states of one kind came after. */
export function isFarBehind(q: Reader, id: string, most: number): boolean {
  const hasMore = (table: string) =>
    q.get(`select 1 from ${table} where id > ? limit 1 offset ?`, id, most) !== undefined;
  return hasMore("flow_run_state") || hasMore("task_run_state");
}

export interface ChangedRow {
  id: string;
  updated: Timestamp;
  event: Extract<ListenerEvent, { name: "work-queue" | "deployment" }>;
}

interface QueueRow {
  id: string;
  created: Timestamp;
  updated: Timestamp;
  name: string;
  work_pool_name: string;
  is_paused: number;
  concurrency_limit: number | null;
}

interface DeploymentRow {
  id: string;
  created: Timestamp;
  updated: Timestamp;
  name: string;
  flow_id: string;
  is_schedule_active: number;
  work_queue_name: string | null;
}

/** The queues and deployments that were changed then or later, in the order of time. */
export function changedSince(q: Reader, since: Timestamp, limit: number): ChangedRow[] {
  const queues = q
    .all<QueueRow>(
      `select q.id, q.created, q.updated, q.name, p.name as work_pool_name, q.is_paused, q.concurrency_limit
       from work_queue q join work_pool p on p.id = q.work_pool_id where q.updated >= ? order by q.updated limit ?`,
      ...[since, limit],
    )
    .map(({ created, updated, is_paused, ...rest }): ChangedRow => {
      const data = { change: changeOf(created, updated), ...rest, is_paused: is_paused === 1 };
      return { id: rest.id, updated, event: { name: "work-queue", data } };
    });
  const deployments = q
    .all<DeploymentRow>(
      `select id, created, updated, name, flow_id, is_schedule_active, work_queue_name
       from deployment where updated >= ? order by updated limit ?`,
      ...[since, limit],
    )
    .map(({ created, updated, is_schedule_active, ...rest }): ChangedRow => {
      const data = { change: changeOf(created, updated), ...rest, is_schedule_active: is_schedule_active === 1 };
      return { id: rest.id, updated, event: { name: "deployment", data } };
    });
  return [...queues, ...deployments].sort((a, b) => (a.updated < b.updated ? -1 : 1)).slice(0, limit);
}

function changeOf(created: Timestamp, updated: Timestamp): "created" | "changed" {
  return created === updated ? "created" : "changed";
}

export function countOf(q: Reader, table: "work_queue" | "deployment"): number {
  return countRows(q, table);
}

export function idsOf(q: Reader, table: "work_queue" | "deployment"): string[] {
  return q.all<{ id: string }>(`select id from ${table}`).map(({ id }) => id);
}
