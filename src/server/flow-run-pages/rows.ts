// Flow runs with the names of what they belong to, and what is usual for them.
import { readOwnJson } from "#db/codecs.ts";
import type { Reader } from "#db/connect.ts";
import { type Condition, ROW } from "#db/sql.ts";
import { messageLine } from "#domain/message-line.ts";
import type { FlowRunRow } from "#wire/runs/flow-run-pages.ts";
import { FLOW_RUN_ORDER } from "../flow-runs/store.ts";
import { type Page, rowsOfPage } from "../kernel/paging.ts";
import { estimatedRunTime, estimatedStartTimeDelta, type RunTimes, toMicroseconds } from "../kernel/run-times.ts";

/** Messages may be long; a line of them is wanted, of a traceback the last one. */
const MESSAGE_START = 4_000;
const MESSAGE = `case when length(s.message) > ${2 * MESSAGE_START}
  then substr(s.message, 1, ${MESSAGE_START}) || substr(s.message, -${MESSAGE_START}) else s.message end as message`;

const COLUMNS = `flow_run.id, flow_run.name, flow_run.flow_id, flow.name as flow_name, flow_run.deployment_id,
  d.name as deployment_name, flow_run.work_queue_id, coalesce(wq.name, flow_run.work_queue_name) as work_queue_name,
  p.name as work_pool_name, flow_run.tags, flow_run.state_type, flow_run.state_name, flow_run.state_timestamp, ${MESSAGE},
  flow_run.expected_start_time, flow_run.start_time, flow_run.end_time, flow_run.total_run_time,
  (select count(*) from task_run t where t.flow_run_id = flow_run.id) as task_run_count, flow_run.run_count,
  parent.flow_run_id as parent_flow_run_id, flow_run.auto_scheduled`;

const JOINS = `join flow on flow.id = flow_run.flow_id
  left join deployment d on d.id = flow_run.deployment_id
  left join flow_run_state s on s.id = flow_run.state_id
  left join work_queue wq on wq.id = flow_run.work_queue_id left join work_pool p on p.id = wq.work_pool_id
  left join task_run parent on parent.id = flow_run.parent_task_run_id`;

type Computed = "tags" | "message_line" | "duration" | "lateness" | "usual_duration" | "auto_scheduled";
type Row = Omit<FlowRunRow, Computed> & RunTimes & { tags: string; message: string | null; auto_scheduled: number };

const LONG_COLUMNS = ["name", "tags", "message"] as const;

/** `now` in milliseconds. */
export function readRows(
  q: Reader,
  where: Condition,
  { sort, page, now }: { sort: keyof typeof FLOW_RUN_ORDER; page: Page; now: number },
): FlowRunRow[] {
  const order = FLOW_RUN_ORDER[sort];
  const places = `select flow_run.${ROW} as place from flow_run where ${where.sql} order by ${order} limit ? offset ?`;
  const sql = `select ${COLUMNS} from (${places}) page join flow_run on flow_run.${ROW} = page.place ${JOINS} order by ${order}`;
  return rowsOf(q, rowsOfPage(q.each<Row>(sql, ...where.params, page.limit, page.offset), LONG_COLUMNS, page), now);
}

/** `undefined` when it is not there. */
export function readRow(q: Reader, id: string, now: number): FlowRunRow | undefined {
  const row = q.get<Row>(`select ${COLUMNS} from flow_run ${JOINS} where flow_run.id = ?`, id);
  return row && rowsOf(q, [row], now)[0];
}

function rowsOf(q: Reader, rows: readonly Row[], now: number): FlowRunRow[] {
  const durations = usualDurations(q, new Set(rows.flatMap(({ deployment_id }) => deployment_id ?? [])));
  return rows.map((whole) => {
    const { message, total_run_time: _, ...row } = whole;
    return {
      ...row,
      tags: readOwnJson<string[]>(row.tags),
      message_line: messageLine(message),
      duration: estimatedRunTime(whole, now),
      lateness: estimatedStartTimeDelta(whole, now),
      usual_duration: durations.get(row.deployment_id ?? "") ?? null,
      auto_scheduled: row.auto_scheduled === 1,
    };
  });
}

/** Runs of which the usual duration is the median. */
const OF_LAST = 20;

/** By deployment, in seconds. Nothing for those without a completed run. */
export function usualDurations(q: Reader, deploymentIds: Iterable<string>): Map<string, number> {
  const durations = new Map<string, number>();
  // In the order of that index, from its end: nothing is sorted.
  const sql = `select total_run_time as seconds from flow_run where deployment_id = ? and state_type = 'COMPLETED'
    order by next_scheduled_start_time desc, ${ROW} desc limit ${OF_LAST}`;
  for (const id of deploymentIds) {
    const sorted = q.all<{ seconds: number }>(sql, id).map(({ seconds }) => seconds);
    const median = medianOf(sorted);
    if (median !== undefined) durations.set(id, toMicroseconds(median));
  }
  return durations;
}

function medianOf(values: readonly number[]): number | undefined {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length / 2;
  const [low, high] = [sorted[Math.ceil(half) - 1], sorted[Math.floor(half)]];
  return low === undefined || high === undefined ? undefined : (low + high) / 2;
}
