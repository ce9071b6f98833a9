// Deployments with a schedule, and the runs made from it, in the database.

import { writeJson } from "#db/codecs.ts";
import type { Reader, SqlValue, Tx } from "#db/connect.ts";
import type { ScheduledDate } from "#domain/schedules/expand.ts";
import { newId } from "#lib/ids.ts";
import { runName } from "#lib/text/names.ts";
import { type Timestamp, toTimestamp } from "#lib/time/timestamps.ts";
import { autoScheduledTags } from "../deployments/store.ts";
import { hasActiveSchedule } from "../kernel/filters.ts";

export interface ScheduledDeployment {
  id: string;
  created: Timestamp;
  /** Runs are made for it as long as this is still its last change. */
  updated: Timestamp;
  /** JSON, as they are stored. */
  schedules: string;
  catchup: "all" | "last" | "none" | "within";
  catchup_seconds: number | null;
  /** Up to where its runs were made; null when nothing is missed. */
  scheduled_until: Timestamp | null;
}

const COLUMNS = "d.id, d.created, d.updated, d.schedules, d.catchup, d.catchup_seconds, d.scheduled_until";
const ACTIVE = `d.is_schedule_active = 1 and ${hasActiveSchedule("d")}`;

export interface Horizon {
  now: Timestamp;
  /** Runs are wanted at least this far ahead. */
  until: Timestamp;
  minRuns: number;
}

const AHEAD = `from flow_run r where r.deployment_id = d.id and r.state_type = 'SCHEDULED'
  and r.next_scheduled_start_time >= ? and r.auto_scheduled = 1`;

/** Whether its runs ahead are too few, or end too soon. Of several schedules one may lack what another has: they are always in need. */
const IN_NEED = `json_array_length(d.schedules) > 1 or (select count(*) from (select 1 ${AHEAD} limit ?)) < ?
  or (select r.next_scheduled_start_time ${AHEAD} order by r.next_scheduled_start_time desc limit 1) < ? as in_need`;

type Looked = ScheduledDeployment & { in_need: number };

function needOf({ now, until, minRuns }: Horizon): SqlValue[] {
  return [now, minRuns, minRuns, now, until];
}

/** The next deployments by id. All of a page come back, so that a page is short work also when none is in need. */
export function pageOfSchedules(q: Reader, horizon: Horizon, after: string, limit: number): Looked[] {
  const sql = `select ${COLUMNS}, ${IN_NEED} from deployment d where ${ACTIVE} and d.id > ? order by d.id limit ?`;
  return q.all(sql, ...needOf(horizon), after, limit);
}

/** Those of the ids that are in need. */
export function schedulesInNeed(q: Reader, horizon: Horizon, ids: readonly string[]): ScheduledDeployment[] {
  const sql = `select ${COLUMNS}, ${IN_NEED} from deployment d where ${ACTIVE} and d.id = ?`;
  return ids.flatMap((id) => q.all<Looked>(sql, ...needOf(horizon), id)).filter(({ in_need }) => in_need === 1);
}

/** Deployments changed since. */
export function recentlyChanged(q: Reader, since: Timestamp): string[] {
  const sql = `select d.id from deployment d where ${ACTIVE} and d.updated >= ?`;
  return q.all<{ id: string }>(sql, since).map(({ id }) => id);
}

/** `undefined` when it has no active schedule. */
export function readScheduled(q: Reader, id: string): ScheduledDeployment | undefined {
  return q.get(`select ${COLUMNS} from deployment d where ${ACTIVE} and d.id = ?`, id);
}

export interface PlannedRun {
  deployment: ScheduledDeployment;
  date: ScheduledDate;
}

/**
 * Makes a run for each date that has none yet, whatever has become of that one; none for a deployment that was changed since it
 * was read. Safe to repeat: the key says which date it is. Gives the number of runs made.
 */
export function insertScheduledRuns(tx: Tx, runs: readonly PlannedRun[], now: Timestamp): number {
  let made = 0;
  for (const { deployment, date } of runs) {
    const [id, stateId, due] = [newId(), newId(), toTimestamp(date.instant)];
    const inserted = tx.run(
      `insert into flow_run (id, created, updated, name, flow_id, deployment_id, work_queue_id, work_queue_name, parameters,
         idempotency_key, tags, infrastructure_document_id, auto_scheduled, state_id, state_type, state_name,
         state_timestamp, expected_start_time, next_scheduled_start_time)
       select ?, ?, ?, ?, d.flow_id, d.id, d.work_queue_id, d.work_queue_name, d.parameters,
         ?, ${autoScheduledTags("d")}, d.infrastructure_document_id, 1, ?, 'SCHEDULED', 'Scheduled', ?, ?, ?
       from deployment d
       where ${ACTIVE} and d.id = ? and d.updated = ?
       on conflict (flow_id, idempotency_key) do nothing`,
      ...[id, now, now, runName(), `scheduled ${deployment.id} ${date.text}`, stateId, now, due, due],
      ...[deployment.id, deployment.updated],
    );
    if (inserted === 0) continue;
    tx.run(
      `insert into flow_run_state (id, flow_run_id, type, name, timestamp, message, state_details)
       values (?, ?, 'SCHEDULED', 'Scheduled', ?, 'Flow run scheduled', ?)`,
      ...[stateId, id, now, writeJson({ scheduled_time: due })],
    );
    made += 1;
  }
  return made;
}

/** Whether it has to be known up to where its runs were made: what lies between that and now was missed. */
export function catchesUp({ catchup }: Pick<ScheduledDeployment, "catchup">): boolean {
  return catchup === "last" || catchup === "within";
}

/** Keeps up to where runs were made, of deployments that catch up. `runs` are in the order of time. */
export function notePlanned(tx: Tx, runs: readonly PlannedRun[]): void {
  const latest = new Map(runs.filter(({ deployment }) => catchesUp(deployment)).map((run) => [run.deployment.id, run]));
  for (const { deployment, date } of latest.values()) {
    const until = toTimestamp(date.instant);
    tx.run(
      `update deployment set scheduled_until = ?
       where id = ? and updated = ? and (scheduled_until is null or scheduled_until < ?)`,
      ...[until, deployment.id, deployment.updated, until],
    );
  }
}
