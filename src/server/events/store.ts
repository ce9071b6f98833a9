// What happened to runs since a moment, read from the rows themselves: there is no second record of what happened.

import type { Reader, SqlValue } from "#db/connect.ts";
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

/** Whether more than so many states of one kind came after. */
export function isFarBehind(q: Reader, id: string, most: number): boolean {
  const hasMore = (table: string) =>
    q.get(`select 1 from ${table} where id > ? limit 1 offset ?`, id, most) !== undefined;
  return hasMore("flow_run_state") || hasMore("task_run_state");
}
