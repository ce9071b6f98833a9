// Deployments in the database, each with the names of its queue and pool in one statement.

import { readJson, readJsonOrNull, writeBool, writeJson, writeJsonOrNull } from "#db/codecs.ts";
import type { Reader, Tx } from "#db/connect.ts";
import { type Columns, countRows, insertRow, updateRow } from "#db/rows.ts";
import { condition } from "#db/sql.ts";
import { newId } from "#lib/ids.ts";
import type { JsonObject } from "#lib/json.ts";
import type { Timestamp } from "#lib/time/timestamps.ts";
import type { DEPLOYMENT_SORTS, Deployment } from "#wire/deployments/deployments.ts";
import { deployment as answer, textFields } from "#wire/deployments/deployments.ts";
import { OLDEST, type Release, withLaterFields } from "#wire/later.ts";
import { deploymentsWhere, type Filters } from "../kernel/filters.ts";
import { type Page, rowsOfPage } from "../kernel/paging.ts";
import type { DeploymentChange, NewDeployment } from "./accepted.ts";
import { readSchedules, type StoredSchedule, shownSchedule, writeSchedules } from "./schedules.ts";

/** Of the answer's fields: those that are not a column of their name. */
const EXPRESSIONS: Partial<Record<keyof Deployment, string>> = {
  schedule: "deployment.schedules",
  work_queue_name: "coalesce(q.name, deployment.work_queue_name)",
  work_pool_name: "p.name",
  created_by: "null",
  updated_by: "null",
};
/** In the order of Prefect's server, in which `inspect` prints them. */
const FIELDS = Object.keys(answer().entries) as (keyof Deployment)[]; // a schema's entries are its fields
const COLUMNS = FIELDS.map((field) => `${EXPRESSIONS[field] ?? `deployment.${field}`} as ${field}`).join(", ");

const SELECT = `select ${COLUMNS}, deployment.enforce_parameter_schema from deployment
  left join work_queue q on q.id = deployment.work_queue_id left join work_pool p on p.id = q.work_pool_id`;

type JsonColumns = "schedule" | "infra_overrides" | "parameters" | "tags" | "parameter_openapi_schema" | "pull_steps";
type Row = Omit<Deployment, JsonColumns | "is_schedule_active"> & {
  /** All of them. */
  schedule: string;
  infra_overrides: string;
  parameters: string;
  tags: string;
  parameter_openapi_schema: string | null;
  pull_steps: string | null;
  is_schedule_active: number;
  enforce_parameter_schema: number | null;
};

/** What callers fill as they like. */
const LONG_COLUMNS = [
  ...(["name", "description", "parameters", "tags"] as const),
  ...(["infra_overrides", "parameter_openapi_schema", "pull_steps"] as const),
];

function deploymentOf({ enforce_parameter_schema, ...row }: Row, release: Release): Deployment {
  const schedules = readSchedules(row.schedule);
  const shown = shownSchedule(schedules);
  const infra_overrides = readJson<JsonObject>(row.infra_overrides);
  const isOn = row.is_schedule_active === 1;
  const deployment = {
    ...row,
    schedule: shown?.schedule ?? null,
    is_schedule_active: isOn && (shown?.active ?? true),
    infra_overrides,
    parameters: readJson<JsonObject>(row.parameters),
    tags: readJson<string[]>(row.tags),
    parameter_openapi_schema: readJsonOrNull<JsonObject>(row.parameter_openapi_schema),
    pull_steps: readJsonOrNull<JsonObject[]>(row.pull_steps),
  };
  const later = {
    enforce_parameter_schema: enforce_parameter_schema === 1,
    paused: !isOn,
    schedules: schedules.map((schedule) => ({ ...schedule, deployment_id: row.id })),
    job_variables: infra_overrides,
  };
  const byLater = enforce_parameter_schema !== null;
  return withLaterFields("deployment", deployment, later, { release, byLater });
}

export const DEPLOYMENT_ORDER: Record<(typeof DEPLOYMENT_SORTS)[number], string> = {
  CREATED_DESC: "deployment.created desc",
  UPDATED_DESC: "deployment.updated desc",
  NAME_ASC: "deployment.name asc",
  NAME_DESC: "deployment.name desc",
};

/** As clients of 2.10 know it, unless a release is named. */
export function readDeployment(q: Reader, id: string, release = OLDEST): Deployment | undefined {
  const row = q.get<Row>(`${SELECT} where deployment.id = ?`, id);
  return row && deploymentOf(row, release);
}

export function readDeploymentByName(
  q: Reader,
  flowName: string,
  name: string,
  release = OLDEST,
): Deployment | undefined {
  const sql = `${SELECT} join flow f on f.id = deployment.flow_id where f.name = ? and deployment.name = ?`;
  const row = q.get<Row>(sql, flowName, name);
  return row && deploymentOf(row, release);
}

export function listDeployments(
  q: Reader,
  filters: Filters,
  sort: keyof typeof DEPLOYMENT_ORDER,
  page: Page,
  release = OLDEST,
): Deployment[] {
  const where = deploymentsWhere(filters);
  const sql = `${SELECT} where ${where.sql} order by ${DEPLOYMENT_ORDER[sort]} limit ? offset ?`;
  const rows = q.each<Row>(sql, ...where.params, page.limit, page.offset);
  return rowsOfPage(rows, LONG_COLUMNS, page).map((row) => deploymentOf(row, release));
}

export function countDeployments(q: Reader, filters: Filters): number {
  const where = deploymentsWhere(filters);
  return countRows(q, "deployment", where);
}

export function findDeployment(q: Reader, flowId: string, name: string): string | undefined {
  return q.get<{ id: string }>("select id from deployment where flow_id = ? and name = ?", flowId, name)?.id;
}

/** Whether a deployment's runs are checked against the flow's schema, and with what. */
export function readEnforcement(
  q: Reader,
  id: string,
): { enforced: boolean; schema: JsonObject | null; parameters: JsonObject } {
  const row = q.get<{ enforced: number | null; schema: string | null; parameters: string }>(
    `select enforce_parameter_schema as enforced, parameter_openapi_schema as schema, parameters
     from deployment where id = ?`,
    id,
  );
  return {
    enforced: row?.enforced === 1,
    schema: readJsonOrNull<JsonObject>(row?.schema ?? null),
    parameters: readJson<JsonObject>(row?.parameters ?? "{}"),
  };
}

/** What a run takes over from its deployment. */
export interface RunOrigin {
  flow_id: string;
  work_queue_id: string | null;
  /** As stored: null for a deployment that was upserted without naming its queue again. */
  work_queue_name: string | null;
}

export function readRunOrigin(q: Reader, id: string): RunOrigin | undefined {
  return q.get<RunOrigin>("select flow_id, work_queue_id, work_queue_name from deployment where id = ?", id);
}

/** The columns that creating and overwriting share, with their values. */
function columnsOf(given: NewDeployment): Columns {
  const { storage_document_id, infrastructure_document_id, enforce_parameter_schema } = given;
  const { work_pool_name: _, ...texts } = textFields((field) => given[field]); // the pool is that of the queue
  return {
    ...{ ...texts, storage_document_id, infrastructure_document_id },
    schedules: writeSchedules(given.schedules),
    is_schedule_active: writeBool(given.is_schedule_active ?? true),
    infra_overrides: writeJson(given.infra_overrides ?? {}),
    parameters: writeJson(given.parameters),
    tags: writeJson(given.tags),
    parameter_openapi_schema: writeJsonOrNull(given.parameter_openapi_schema),
    pull_steps: writeJsonOrNull(given.pull_steps),
    enforce_parameter_schema: enforce_parameter_schema === null ? null : writeBool(enforce_parameter_schema),
  };
}

export function insertDeployment(tx: Tx, now: string, given: NewDeployment, queueId: string | null): string {
  const id = newId();
  const { name, flow_id } = given;
  const columns = { id, created: now, updated: now, name, flow_id, work_queue_id: queueId, ...columnsOf(given) };
  insertRow(tx, "deployment", columns);
  return id;
}

/** Overwrites every field, omitted ones with their defaults; the queue stays when none was named. */
export function overwriteDeployment(
  tx: Tx,
  now: string,
  id: string,
  given: NewDeployment,
  queueId: string | null,
): void {
  const columns = { updated: now, ...columnsOf(given), work_queue_id: queueId ?? undefined };
  updateRow(tx, "deployment", columns, condition("id = ?", id));
}

/** Changes what was sent. */
export function updateDeployment(
  tx: Tx,
  now: string,
  id: string,
  update: Omit<DeploymentChange, "schedule" | "run_policy">,
  queueId: string | null,
): void {
  const { schedules, is_schedule_active, infra_overrides, parameters, tags, work_pool_name: _, ...others } = update;
  const { enforce_parameter_schema, ...plain } = others;
  const columns = {
    ...{ updated: now, work_queue_id: queueId ?? undefined, ...plain },
    schedules: schedules && writeSchedules(schedules),
    is_schedule_active: is_schedule_active === undefined ? undefined : writeBool(is_schedule_active),
    infra_overrides: infra_overrides === undefined ? undefined : writeJson(infra_overrides ?? {}),
    parameters: parameters === undefined ? undefined : writeJson(parameters ?? {}),
    tags: tags && writeJson(tags),
    enforce_parameter_schema: enforce_parameter_schema === undefined ? undefined : writeBool(enforce_parameter_schema),
  };
  updateRow(tx, "deployment", columns, condition("id = ?", id));
}

/** `undefined` for an unknown deployment. */
export function readSchedulesOf(q: Reader, id: string): StoredSchedule[] | undefined {
  const row = q.get<{ schedules: string }>("select schedules from deployment where id = ?", id);
  return row && readSchedules(row.schedules);
}

/** From here on the deployment is one of a later client. */
export function writeSchedulesOf(tx: Tx, now: string, id: string, schedules: readonly StoredSchedule[]): void {
  const sql = `update deployment set schedules = ?, updated = ?,
    enforce_parameter_schema = coalesce(enforce_parameter_schema, 0) where id = ?`;
  tx.run(sql, writeSchedules(schedules), now, id);
}

/** What a deployment's runs are made from. */
export interface Scheduling {
  schedules: readonly StoredSchedule[];
  isActive: boolean;
}

/** `undefined` for an unknown deployment. */
export function readScheduling(q: Reader, id: string): Scheduling | undefined {
  const sql = "select schedules, is_schedule_active as active from deployment where id = ?";
  const row = q.get<{ schedules: string; active: number }>(sql, id);
  return row && { schedules: readSchedules(row.schedules), isActive: row.active === 1 };
}

/** Made by the scheduler, and not begun. A run that waits for its retry has begun. */
const AHEAD = "deployment_id = ? and state_type = 'SCHEDULED' and auto_scheduled = 1 and run_count = 0";

/** Removes the runs of an earlier schedule. */
export function deleteAutoScheduledRuns(tx: Tx, id: string): void {
  tx.run(`delete from flow_run where ${AHEAD}`, id);
}

/** Runs that were made ahead of time take what the deployment has become: a later change counts for them too. */
export function refreshAutoScheduledRuns(tx: Tx, now: Timestamp, id: string): void {
  tx.run(
    `update flow_run set (updated, parameters, tags, work_queue_id, work_queue_name, infrastructure_document_id) =
       (select ?, d.parameters, ${autoScheduledTags("d")}, d.work_queue_id, d.work_queue_name, d.infrastructure_document_id
        from deployment d where d.id = flow_run.deployment_id)
     where ${AHEAD}`,
    ...[now, id],
  );
}

/** Tags of a deployment's scheduled runs, as JSON. */
export function autoScheduledTags(table: string): string {
  return `case ${table}.tags when '[]' then '["auto-scheduled"]' else '["auto-scheduled",' || substr(${table}.tags, 2) end`;
}

/** The row and its scheduled runs; see `removeDeployment`. */
export function deleteDeployment(tx: Tx, id: string): boolean {
  tx.run("delete from flow_run where deployment_id = ? and state_type = 'SCHEDULED'", id);
  return tx.run("delete from deployment where id = ?", id) > 0;
}
