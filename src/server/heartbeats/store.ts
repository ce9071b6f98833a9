// The heartbeats of runs: the last time an agent or an engine reported that it looks after one.
import type { Reader, Tx } from "#db/connect.ts";
import type { Timestamp } from "#lib/time/timestamps.ts";

const ENDED = "('COMPLETED', 'FAILED', 'CRASHED', 'CANCELLED')";

/** Runs that are unknown or have ended are passed over: their last heartbeat may arrive late. */
export function recordHeartbeats(tx: Tx, ids: readonly string[], now: Timestamp): void {
  for (const id of ids) {
    tx.run(
      `insert into heartbeat (flow_run_id, last_seen)
       select id, ? from flow_run where id = ? and state_type not in ${ENDED}
       on conflict (flow_run_id) do update set last_seen = excluded.last_seen`,
      ...[now, id],
    );
  }
}

export function forgetHeartbeats(tx: Tx, id: string): void {
  tx.run("delete from heartbeat where flow_run_id = ?", id);
}

/**
 * Runs that were looked after once and of which nothing was heard since `before`. A run that waits for its retry or is
 * paused does not need its process if it has a deployment: an agent takes it up again.
 */
export function silentRuns(q: Reader, before: Timestamp, limit: number): string[] {
  return runsHeard(q, "<", before, limit);
}

/** The same for runs that were heard at a time that is yet to come: before the clock was set back. */
export function runsHeardLater(q: Reader, after: Timestamp, limit: number): string[] {
  return runsHeard(q, ">", after, limit);
}

function runsHeard(q: Reader, when: "<" | ">", moment: Timestamp, limit: number): string[] {
  const rows = q.all<{ id: string }>(
    `select flow_run.id from heartbeat join flow_run on flow_run.id = heartbeat.flow_run_id
     where heartbeat.last_seen ${when} ? and flow_run.state_type not in ${ENDED}
       and (flow_run.state_type not in ('SCHEDULED', 'PAUSED') or flow_run.deployment_id is null)
     order by heartbeat.last_seen limit ?`,
    ...[moment, limit],
  );
  return rows.map(({ id }) => id);
}

const SILENT_WAITING = `last_seen < ?
  and exists (select 1 from flow_run where id = heartbeat.flow_run_id and state_type = 'SCHEDULED'
    and deployment_id is not null)`;

/** Whether a run waits for its retry of which nothing was heard since `before`. */
export function hasSilentWaiting(q: Reader, before: Timestamp): boolean {
  return q.get(`select 1 from heartbeat where ${SILENT_WAITING}`, before) !== undefined;
}

export function forgetSilentWaiting(tx: Tx, before: Timestamp): void {
  tx.run(`delete from heartbeat where ${SILENT_WAITING}`, before);
}

/**
 * On `flow_run`: the run waits for its retry in a process that is still there, so no other one has to be started for it.
 * A process that is gone is forgotten: by its agent's word, or when it has been silent for the lost-run time.
 */
export const WAITS_IN_ITS_PROCESS = waitingInItsProcess("flow_run");

/** The same on another name of the table. */
export function waitingInItsProcess(run: string): string {
  return `(${run}.state_name = 'AwaitingRetry' and coalesce(${run}.attempt, '') <> ''
    and exists (select 1 from heartbeat where heartbeat.flow_run_id = ${run}.id))`;
}

export function waitsInItsProcess(q: Reader, id: string): boolean {
  return q.get(`select 1 from flow_run where id = ? and ${WAITS_IN_ITS_PROCESS}`, id) !== undefined;
}
