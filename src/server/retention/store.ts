// What is old enough to go. Each function removes a few rows and says how many, so that requests get their turn between.
import type { Tx } from "#db/connect.ts";
import { inList, mostly } from "#db/sql.ts";
import type { Timestamp } from "#lib/time/timestamps.ts";

/**
 * Ended runs that no other run waits for, oldest first. A subflow goes after the run it belongs to: then nothing hangs on
 * it any more. Runs that ended before they started have no end: for them the time of their last state counts.
 */
const ENDED = `select id from (
    select id from flow_run where end_time < ? and ${mostly("parent_task_run_id is null")}
      and state_type in ('COMPLETED', 'FAILED', 'CRASHED', 'CANCELLED') order by end_time limit ?)
  union all select id from (
    select id from flow_run where state_type in ('COMPLETED', 'FAILED', 'CRASHED', 'CANCELLED') and end_time is null
      and expected_start_time < ? and state_timestamp < ? and parent_task_run_id is null limit ?)`;

/** Removes runs with their states, tasks, logs and the artifacts that have no key. */
export function removeEndedRuns(tx: Tx, before: Timestamp, limit: number): number {
  const ended = tx.all<{ id: string }>(ENDED, before, limit, before, before, limit).map(({ id }) => id);
  const ofThem = inList("flow_run_id", ended);
  tx.run(`delete from log where ${ofThem.sql}`, ...ofThem.params);
  tx.run(`delete from artifact where ${ofThem.sql} and key is null`, ...ofThem.params);
  const themselves = inList("id", ended);
  return tx.run(`delete from flow_run where ${themselves.sql}`, ...themselves.params);
}

export function removeLogs(tx: Tx, before: Timestamp, limit: number): number {
  return tx.run("delete from log where id in (select id from log where timestamp < ? limit ?)", before, limit);
}

/** Of each key the latest stays. */
export function removeOlderArtifacts(tx: Tx, before: Timestamp, limit: number): number {
  const older = `select id from artifact where key is not null and created < ?
    and not exists (select 1 from artifact_collection c where c.latest_id = artifact.id) limit ?`;
  return tx.run(`delete from artifact where id in (${older})`, before, limit);
}
