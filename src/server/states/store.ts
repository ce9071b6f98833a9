// States of flow runs and task runs in the database. The two histories are alike but for the run they hang on.

import { readJsonOrNull, readOwnJson, writeJson } from "#db/codecs.ts";
import type { Reader, Tx } from "#db/connect.ts";
import { EMPTY_DETAILS } from "#domain/states.ts";
import { newId } from "#lib/ids.ts";
import { isObject, type Json } from "#lib/json.ts";
import type { State, StateDetails, StateType } from "#wire/runs/states.ts";
import { rowsOfPage } from "../kernel/paging.ts";

export type RunKind = "flow_run" | "task_run";

/** A joined state's columns, for stores that read runs with their state in one statement. */
export const STATE_COLUMNS =
  "s.id as s_id, s.type as s_type, s.name as s_name, s.timestamp as s_timestamp, s.message as s_message, " +
  "s.state_details as s_details, a.data as s_data";

/** Joins the current state of `run` (a table's name) and the data it holds. */
export function stateJoin(run: RunKind): string {
  return `left join ${run}_state s on s.id = ${run}.state_id left join artifact a on a.id = s.result_artifact_id`;
}

export interface StateRow {
  s_id: string | null;
  s_type: StateType;
  s_name: string;
  s_timestamp: string;
  s_message: string | null;
  s_details: string;
  s_data: string | null;
}

/** The columns only say what differs from the defaults. */
function writeDetails(details: StateDetails): string {
  const kept = Object.entries(details).filter(([key, value]) => value !== EMPTY_DETAILS[key as keyof StateDetails]); // its own keys
  return writeJson(Object.fromEntries(kept));
}

export function stateOf(row: StateRow): State | null {
  if (row.s_id === null) return null;
  return {
    id: row.s_id,
    type: row.s_type,
    name: row.s_name,
    timestamp: row.s_timestamp,
    message: row.s_message,
    data: readJsonOrNull<Json>(row.s_data),
    state_details: { ...EMPTY_DETAILS, ...readOwnJson<Partial<StateDetails>>(row.s_details) },
  };
}

export interface NewState {
  type: StateType;
  name: string;
  timestamp: string;
  message: string | null;
  data?: Json | undefined;
  state_details: StateDetails;
}

/** Stores a state. Its data becomes an artifact; the `artifact_*` parts are the artifact's own columns. */
export function insertState(tx: Tx, kind: RunKind, runId: string, state: NewState, id = newId()): State {
  const { type, name, timestamp, message, state_details } = state;
  const result = state.data === undefined || state.data === null ? null : insertResult(tx, state, state.data);
  tx.run(
    `insert into ${kind}_state (id, ${kind}_id, type, name, timestamp, message, state_details, result_artifact_id)
     values (?, ?, ?, ?, ?, ?, ?, ?)`,
    ...[id, runId, type, name, timestamp, message, writeDetails(state_details), result?.id ?? null],
  );
  return { id, type, name, timestamp, message, data: result?.data ?? null, state_details };
}

function insertResult(tx: Tx, { timestamp, state_details }: NewState, given: Json): { id: string; data: Json } {
  const id = newId();
  const { artifact_key, artifact_type, artifact_description, ...rest } = isObject(given) ? given : {};
  const data = isObject(given) ? (rest as Json) : given; // what is left of JSON is JSON
  tx.run(
    `insert into artifact (id, created, updated, key, type, description, data, flow_run_id, task_run_id)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ...[id, timestamp, timestamp, textOrNull(artifact_key), textOrNull(artifact_type)],
    ...[textOrNull(artifact_description), writeJson(data), state_details.flow_run_id, state_details.task_run_id],
  );
  return { id, data };
}

/** Sets the metadata of the artifact that holds a state's data. */
export function describeResult(tx: Tx, kind: RunKind, stateId: string, metadata: Record<string, string>): void {
  const ofState = `select result_artifact_id from ${kind}_state where id = ?`;
  tx.run(`update artifact set metadata_ = ? where id = (${ofState})`, writeJson(metadata), stateId);
}

function textOrNull(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

function select(kind: RunKind): string {
  return `select ${STATE_COLUMNS} from ${kind}_state s left join artifact a on a.id = s.result_artifact_id`;
}

export function readState(q: Reader, kind: RunKind, id: string): State | undefined {
  const row = q.get<StateRow>(`${select(kind)} where s.id = ?`, id);
  return (row && stateOf(row)) ?? undefined;
}

/** The newest state of a flow run in which it waited for its time. */
export function lastScheduled(q: Reader, flowRunId: string): State | undefined {
  const of = `where s.flow_run_id = ? and s.type = 'SCHEDULED' order by s.timestamp desc limit 1`;
  const row = q.get<StateRow>(`${select("flow_run")} ${of}`, flowRunId);
  return (row && stateOf(row)) ?? undefined;
}

/** In order of time. */
export function listStates(q: Reader, kind: RunKind, runId: string): State[] {
  const rows = q.each<StateRow>(`${select(kind)} where s.${kind}_id = ? order by s.timestamp`, runId);
  return rowsOfPage(rows, ["s_data", "s_message"]).flatMap((row) => stateOf(row) ?? []);
}
