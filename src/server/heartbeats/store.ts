// Signs of life of runs: the last time an agent or an engine said that it looks after one.
import type { Reader, Tx } from "#db/connect.ts";
import type { Timestamp } from "#lib/timestamps.ts";

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
  const rows = q.all<{ id: string }>(
    `select flow_run.id from heartbeat join flow_run on flow_run.id = heartbeat.flow_run_id
     where heartbeat.last_seen < ? and flow_run.state_type not in ${ENDED}
       and (flow_run.state_type not in ('SCHEDULED', 'PAUSED') or flow_run.deployment_id is null)
     order by heartbeat.last_seen limit ?`,
    ...[before, limit],
  );
  return rows.map(({ id }) => id);
}
