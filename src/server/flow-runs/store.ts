// Flow runs in the database. One run or two hundred: one statement, with state, queue and pool joined.

import { readJson, readJsonOrNull, readOwnJson, writeJson } from "#db/codecs.ts";
import type { Reader, Tx } from "#db/connect.ts";
import { countRows, updateRow } from "#db/rows.ts";
import { ALWAYS, all, type Condition, condition, inList, mostly, ROW } from "#db/sql.ts";
import { type Clock, timestampNow } from "#lib/clock.ts";
import type { JsonObject } from "#lib/json.ts";
import type { Timestamp } from "#lib/time/timestamps.ts";
import { OLDEST, type Release, withLaterFields } from "#wire/later.ts";
import type { FLOW_RUN_SORTS, FlowRun, FlowRunUpdate } from "#wire/runs/flow-runs.ts";
import type { StateDetails } from "#wire/runs/states.ts";
import { type Page, rowsOfPage } from "../kernel/paging.ts";
import { estimatedRunTime, estimatedStartTimeDelta, type RunTimes } from "../kernel/run-times.ts";
import { hasItsTurn } from "../run-policies/store.ts";
import { STATE_COLUMNS, type StateRow, stateJoin, stateOf } from "../states/store.ts";
import { readFlowRunPolicy, writeFlowRunPolicy } from "./record.ts";

const COLUMNS = `flow_run.id, flow_run.created, flow_run.updated, flow_run.name, flow_run.flow_id, flow_run.state_id,
  flow_run.deployment_id, coalesce(q.name, flow_run.work_queue_name) as work_queue_name, flow_run.flow_version,
  flow_run.parameters, flow_run.idempotency_key, flow_run.context, flow_run.empirical_policy, flow_run.tags,
  flow_run.parent_task_run_id, flow_run.state_type, flow_run.state_name, flow_run.state_timestamp, flow_run.run_count,
  flow_run.expected_start_time, flow_run.next_scheduled_start_time, flow_run.start_time, flow_run.end_time,
  flow_run.total_run_time, flow_run.auto_scheduled, flow_run.infrastructure_document_id, flow_run.infrastructure_pid,
  flow_run.job_variables, p.name as work_pool_name`;

const JOINS = `${stateJoin("flow_run")}
  left join work_queue q on q.id = flow_run.work_queue_id left join work_pool p on p.id = q.work_pool_id`;
const SELECT = `select ${COLUMNS}, ${STATE_COLUMNS} from flow_run ${JOINS}`;

type JsonColumns = "parameters" | "context" | "empirical_policy" | "tags";
type Computed = "state" | "created_by" | "estimated_run_time" | "estimated_start_time_delta" | "auto_scheduled";
type Row = Omit<FlowRun, JsonColumns | Computed> &
  Record<JsonColumns, string> &
  StateRow &
  RunTimes & { auto_scheduled: number; job_variables: string | null };

/** What callers fill as they like. */
const LONG_COLUMNS = ["name", "parameters", "context", "tags", "s_data", "s_message"] as const;

function flowRunOf(row: Row, now: number, release: Release): FlowRun {
  const run = plainFlowRunOf(row, now);
  if (release === OLDEST) return run;
  const later = { job_variables: readJsonOrNull<JsonObject>(row.job_variables) };
  return withLaterFields("flow_run", run, later, { release, byLater: row.job_variables !== null });
}

/** As clients of 2.10 know it. */
function plainFlowRunOf(row: Row, now: number): FlowRun {
  return {
    id: row.id,
    created: row.created,
    updated: row.updated,
    name: row.name,
    flow_id: row.flow_id,
    state_id: row.state_id,
    deployment_id: row.deployment_id,
    work_queue_name: row.work_queue_name,
    flow_version: row.flow_version,
    parameters: readJson<JsonObject>(row.parameters),
    idempotency_key: row.idempotency_key,
    context: readJson<JsonObject>(row.context),
    empirical_policy: readFlowRunPolicy(row.empirical_policy),
    tags: readOwnJson<string[]>(row.tags),
    parent_task_run_id: row.parent_task_run_id,
    state_type: row.state_type,
    state_name: row.state_name,
    run_count: row.run_count,
    expected_start_time: row.expected_start_time,
    next_scheduled_start_time: row.next_scheduled_start_time,
    start_time: row.start_time,
    end_time: row.end_time,
    total_run_time: row.total_run_time,
    estimated_run_time: estimatedRunTime(row, now),
    estimated_start_time_delta: estimatedStartTimeDelta(row, now),
    auto_scheduled: row.auto_scheduled === 1,
    infrastructure_document_id: row.infrastructure_document_id,
    infrastructure_pid: row.infrastructure_pid,
    created_by: null,
    work_pool_name: row.work_pool_name,
    state: stateOf(row),
  };
}

export const FLOW_RUN_ORDER: Record<(typeof FLOW_RUN_SORTS)[number], string> = {
  ID_DESC: "flow_run.id desc",
  START_TIME_ASC: "coalesce(flow_run.start_time, flow_run.expected_start_time) asc",
  START_TIME_DESC: "coalesce(flow_run.start_time, flow_run.expected_start_time) desc",
  EXPECTED_START_TIME_ASC: "flow_run.expected_start_time asc",
  EXPECTED_START_TIME_DESC: "flow_run.expected_start_time desc",
  NAME_ASC: "flow_run.name asc",
  NAME_DESC: "flow_run.name desc",
  NEXT_SCHEDULED_START_TIME_ASC: "flow_run.next_scheduled_start_time asc",
  END_TIME_DESC: "flow_run.end_time desc",
};

const BY_ID = `${SELECT} where flow_run.id = ?`;

/** `now` in milliseconds, for the estimates. */
export function readFlowRun(q: Reader, id: string, now: number, release = OLDEST): FlowRun | undefined {
  const row = q.get<Row>(BY_ID, id);
  return row && flowRunOf(row, now, release);
}

/** What does not come in order is sorted by its ids alone: joined first, 50,000 failed runs took five times as long. */
function ofPage(where: Condition, order: string): string {
  const page = `select flow_run.${ROW} as place from flow_run where ${where.sql} order by ${order} limit ? offset ?`;
  return `select ${COLUMNS}, ${STATE_COLUMNS} from (${page}) page join flow_run on flow_run.${ROW} = page.place ${JOINS}
    order by ${order}`;
}

export function listFlowRuns(
  q: Reader,
  where: Condition,
  sort: keyof typeof FLOW_RUN_ORDER,
  page: Page,
  now: number,
  release = OLDEST,
): FlowRun[] {
  const order = FLOW_RUN_ORDER[sort];
  const sql = where === ALWAYS ? `${SELECT} order by ${order} limit ? offset ?` : ofPage(where, order);
  const rows = q.each<Row>(sql, ...where.params, page.limit, page.offset);
  return rowsOfPage(rows, LONG_COLUMNS, page).map((row) => flowRunOf(row, now, release));
}

/** The runs in the order of the ids; those that are gone are left out. */
export function readFlowRuns(q: Reader, ids: readonly string[], now: number, release = OLDEST): FlowRun[] {
  if (ids.length === 0) return [];
  const where = inList("flow_run.id", ids);
  const rows = q.all<Row>(`${SELECT} where ${where.sql}`, ...where.params);
  const runs = new Map(rows.map((row) => [row.id, flowRunOf(row, now, release)]));
  return ids.flatMap((id) => runs.get(id) ?? []);
}

/** Scheduled runs of the deployments, those due first in front. `before` null: all of them. */
export function dueRunsOfDeployments(
  q: Reader,
  deploymentIds: readonly string[],
  before: Timestamp | null,
  { limit }: Page,
  now: number,
  release: Release,
): FlowRun[] {
  const due = before === null ? ALWAYS : condition("flow_run.next_scheduled_start_time <= ?", before);
  const where = all([inList("flow_run.deployment_id", deploymentIds), due, hasItsTurn(q)]);
  return q
    .all<Row>(
      `${SELECT} where ${where.sql} and flow_run.state_type = 'SCHEDULED'
       order by flow_run.next_scheduled_start_time limit ?`,
      ...[...where.params, limit],
    )
    .map((row) => flowRunOf(row, now, release));
}

export function countFlowRuns(q: Reader, where: Condition): number {
  return countRows(q, "flow_run", where);
}

export function findByIdempotencyKey(q: Reader, flowId: string, key: string): string | undefined {
  const sql = "select id from flow_run where flow_id = ? and idempotency_key = ?";
  return q.get<{ id: string }>(sql, flowId, key)?.id;
}

/** Runs that should have started and wait under their first name, those due first in front. */
export function lateRuns(
  q: Reader,
  before: Timestamp,
  limit: number,
): { id: string; next_scheduled_start_time: Timestamp }[] {
  return q.all(
    `select id, next_scheduled_start_time from flow_run
     where ${mostly("state_type = 'SCHEDULED'")} and next_scheduled_start_time <= ? and state_name = 'Scheduled'
     order by next_scheduled_start_time limit ?`,
    ...[before, limit],
  );
}

export interface PausedRun {
  id: string;
  state_id: string;
  /** When the pause is over; null for never. */
  until: Timestamp | null;
}

/** In the order of their ids, those behind `after`. */
export function pausedRuns(q: Reader, after: string, limit: number): PausedRun[] {
  const rows = q.all<{ id: string; state_id: string; state_details: string }>(
    `select flow_run.id, flow_run.state_id, s.state_details
     from flow_run join flow_run_state s on s.id = flow_run.state_id
     where flow_run.state_type = 'PAUSED' and flow_run.id > ? order by flow_run.id limit ?`,
    ...[after, limit],
  );
  return rows.map(({ id, state_id, state_details }) => {
    const { pause_timeout = null } = readOwnJson<Partial<StateDetails>>(state_details);
    return { id, state_id, until: pause_timeout };
  });
}

/** Runs in the same process as the run `id`: the subflows that its tasks stand for. Runs of deployments have their own. */
export function openSubflows(q: Reader, id: string): string[] {
  const rows = q.all<{ id: string }>(
    `select flow_run.id from task_run join flow_run on flow_run.parent_task_run_id = task_run.id
     where task_run.flow_run_id = ? and ${mostly("flow_run.deployment_id is null")}
       and flow_run.state_type not in ('COMPLETED', 'FAILED', 'CRASHED', 'CANCELLED')`,
    id,
  );
  return rows.map((row) => row.id);
}

/** Runs of deployments that the tasks of the run `id` stand for, unless they have ended or are about to. */
export function deployedSubflows(q: Reader, id: string): string[] {
  const rows = q.all<{ id: string }>(
    `select flow_run.id from task_run join flow_run on flow_run.parent_task_run_id = task_run.id
     where task_run.flow_run_id = ? and ${mostly("flow_run.deployment_id is not null")}
       and flow_run.state_type in ('SCHEDULED', 'PENDING', 'RUNNING', 'PAUSED')`,
    id,
  );
  return rows.map((row) => row.id);
}

/** The next run after `after` that was cancelled since then and has tasks or subflows that go on. */
export function cancelledWithOpenParts(q: Reader, since: Timestamp, after: string): string | undefined {
  const row = q.get<{ id: string }>(
    `select flow_run.id from flow_run
     where flow_run.end_time >= ? and ${mostly("flow_run.state_type = 'CANCELLED'")} and ${mostly("flow_run.id > ?")}
       and exists (
         select 1 from task_run left join flow_run part on part.parent_task_run_id = task_run.id
         where task_run.flow_run_id = flow_run.id
           and coalesce(part.state_type, task_run.state_type) not in ('COMPLETED', 'FAILED', 'CRASHED', 'CANCELLED')
           and (part.deployment_id is null or part.state_type <> 'CANCELLING')
       )
     order by flow_run.id limit 1`,
    ...[since, after],
  );
  return row?.id;
}

/** The process that ran it is gone. */
export function forgetInfrastructure(tx: Tx, id: string): void {
  tx.run("update flow_run set infrastructure_pid = null, process_start = null where id = ?", id);
}

/** By the ids of their runs: when processes were started that are noted. */
export function processStarts(q: Reader, ids: readonly string[]): Map<string, string> {
  const { sql, params } = inList("id", ids);
  const select = `select id, process_start as start from flow_run where ${sql} and process_start is not null`;
  const rows = q.all<{ id: string; start: string }>(select, ...params);
  return new Map(rows.map(({ id, start }) => [id, start]));
}

/** Changes what was sent. */
export function updateFlowRun(
  tx: Tx,
  clock: Clock,
  id: string,
  update: FlowRunUpdate,
  processStart: string | null = null,
): boolean {
  const { name, parameters, empirical_policy, tags, job_variables, flow_version, infrastructure_pid } = update;
  const changes = {
    updated: timestampNow(clock),
    name: name || undefined,
    parameters: parameters && writeJson(parameters),
    empirical_policy: empirical_policy && writeFlowRunPolicy(empirical_policy),
    tags: tags && writeJson(tags),
    job_variables: job_variables ? writeJson(job_variables) : undefined,
    flow_version,
    infrastructure_pid,
    process_start: infrastructure_pid === undefined ? undefined : processStart,
  };
  return updateRow(tx, "flow_run", changes, condition("id = ?", id));
}

export function deleteFlowRun(tx: Tx, id: string): boolean {
  return tx.run("delete from flow_run where id = ?", id) > 0;
}
