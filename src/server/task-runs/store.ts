// Task runs in the database, each with its state in one statement.

import { readOwnJson } from "#db/codecs.ts";
import type { Reader, Tx } from "#db/connect.ts";
import { countRows } from "#db/rows.ts";
import { ALWAYS, type Condition, ROW } from "#db/sql.ts";
import { type Clock, timestampNow } from "#lib/clock.ts";
import type { TASK_RUN_SORTS, TaskInput, TaskRun } from "#wire/runs/task-runs.ts";
import { type Page, rowsOfPage } from "../kernel/paging.ts";
import { estimatedRunTime, estimatedStartTimeDelta, type RunTimes } from "../kernel/run-times.ts";
import { STATE_COLUMNS, type StateRow, stateJoin, stateOf } from "../states/store.ts";
import { readTaskRunPolicy } from "./record.ts";

const COLUMNS = `task_run.id, task_run.created, task_run.updated, task_run.name, task_run.flow_run_id, task_run.task_key,
  task_run.dynamic_key, task_run.cache_key, task_run.cache_expiration, task_run.task_version, task_run.empirical_policy,
  task_run.tags, task_run.state_id, task_run.task_inputs, task_run.state_type, task_run.state_name,
  task_run.state_timestamp, task_run.run_count, task_run.flow_run_run_count, task_run.expected_start_time,
  task_run.next_scheduled_start_time, task_run.start_time, task_run.end_time, task_run.total_run_time`;

const SELECT = `select ${COLUMNS}, ${STATE_COLUMNS} from task_run ${stateJoin("task_run")}`;

type JsonColumns = "empirical_policy" | "tags" | "task_inputs";
type Computed = "state" | "estimated_run_time" | "estimated_start_time_delta";
type Row = Omit<TaskRun, JsonColumns | Computed> & Record<JsonColumns, string> & StateRow & RunTimes;

/** What callers fill as they like. */
const LONG_COLUMNS = ["name", "task_key", "tags", "task_inputs", "s_data", "s_message"] as const;

function taskRunOf(row: Row, now: number): TaskRun {
  return {
    id: row.id,
    created: row.created,
    updated: row.updated,
    name: row.name,
    flow_run_id: row.flow_run_id,
    task_key: row.task_key,
    dynamic_key: row.dynamic_key,
    cache_key: row.cache_key,
    cache_expiration: row.cache_expiration,
    task_version: row.task_version,
    empirical_policy: readTaskRunPolicy(row.empirical_policy),
    tags: readOwnJson<string[]>(row.tags),
    state_id: row.state_id,
    task_inputs: readOwnJson<TaskInput[]>(row.task_inputs) as unknown as TaskRun["task_inputs"], // written from this very type
    state_type: row.state_type,
    state_name: row.state_name,
    run_count: row.run_count,
    flow_run_run_count: row.flow_run_run_count,
    expected_start_time: row.expected_start_time,
    next_scheduled_start_time: row.next_scheduled_start_time,
    start_time: row.start_time,
    end_time: row.end_time,
    total_run_time: row.total_run_time,
    estimated_run_time: estimatedRunTime(row, now),
    estimated_start_time_delta: estimatedStartTimeDelta(row, now),
    state: stateOf(row),
  };
}

const ORDER: Record<(typeof TASK_RUN_SORTS)[number], string> = {
  ID_DESC: "task_run.id desc",
  EXPECTED_START_TIME_ASC: "task_run.expected_start_time asc",
  EXPECTED_START_TIME_DESC: "task_run.expected_start_time desc",
  NAME_ASC: "task_run.name asc",
  NAME_DESC: "task_run.name desc",
  NEXT_SCHEDULED_START_TIME_ASC: "task_run.next_scheduled_start_time asc",
  END_TIME_DESC: "task_run.end_time desc",
};

/** `now` in milliseconds, for the estimates. */
export function readTaskRun(q: Reader, id: string, now: number): TaskRun | undefined {
  const row = q.get<Row>(`${SELECT} where task_run.id = ?`, id);
  return row && taskRunOf(row, now);
}

/** Sorted by ids alone, before anything is joined. */
function ofPage(where: Condition, order: string): string {
  const page = `select task_run.${ROW} as place from task_run where ${where.sql} order by ${order} limit ? offset ?`;
  return `select ${COLUMNS}, ${STATE_COLUMNS} from (${page}) page join task_run on task_run.${ROW} = page.place
    ${stateJoin("task_run")} order by ${order}`;
}

export function listTaskRuns(
  q: Reader,
  where: Condition,
  sort: keyof typeof ORDER,
  page: Page,
  now: number,
): TaskRun[] {
  const order = ORDER[sort];
  const sql = where === ALWAYS ? `${SELECT} order by ${order} limit ? offset ?` : ofPage(where, order);
  const rows = q.each<Row>(sql, ...where.params, page.limit, page.offset);
  return rowsOfPage(rows, LONG_COLUMNS, page).map((row) => taskRunOf(row, now));
}

export function countTaskRuns(q: Reader, where: Condition): number {
  return countRows(q, "task_run", where);
}

export function findByDynamicKey(
  q: Reader,
  flowRunId: string,
  taskKey: string,
  dynamicKey: string,
): string | undefined {
  const sql = "select id from task_run where flow_run_id = ? and task_key = ? and dynamic_key = ?";
  return q.get<{ id: string }>(sql, flowRunId, taskKey, dynamicKey)?.id;
}

/** Task runs that have not ended, but for those that stand for a flow run: they follow it. */
export function openTaskRuns(q: Reader, flowRunId: string): string[] {
  const rows = q.all<{ id: string }>(
    `select id from task_run
     where flow_run_id = ? and state_type not in ('COMPLETED', 'FAILED', 'CRASHED', 'CANCELLED')
       and not exists (select 1 from flow_run where flow_run.parent_task_run_id = task_run.id)`,
    flowRunId,
  );
  return rows.map(({ id }) => id);
}

export function renameTaskRun(tx: Tx, clock: Clock, id: string, name: string): boolean {
  return tx.run("update task_run set name = ?, updated = ? where id = ?", name, timestampNow(clock), id) > 0;
}

export function deleteTaskRun(tx: Tx, id: string): boolean {
  return tx.run("delete from task_run where id = ?", id) > 0;
}
