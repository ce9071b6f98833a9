// Signs of life of runs: the last time an agent or an engine said that it looks after one.
import type { Reader, Tx } from "#db/connect.ts";
import type { Timestamp } from "#lib/timestamps.ts";
import type { StateType } from "#wire/states.ts";

/** Runs that are unknown or have ended are passed over: their last heartbeat may arrive late. */
export function recordHeartbeats(tx: Tx, ids: readonly string[], now: Timestamp): void {
  for (const id of ids) {
    tx.run(
      `insert into heartbeat (flow_run_id, last_seen)
       select id, ? from flow_run where id = ? and state_type in ('PENDING', 'RUNNING', 'CANCELLING')
       on conflict (flow_run_id) do update set last_seen = excluded.last_seen`,
      ...[now, id],
    );
  }
}

export interface SilentRun {
  id: string;
  state_type: StateType;
  run_count: number;
  deployment_id: string | null;
  empirical_policy: string;
}

/** Runs under way that were looked after once and of which nothing was heard since `before`. */
export function silentRuns(q: Reader, before: Timestamp, limit: number): SilentRun[] {
  return q.all<SilentRun>(
    `select flow_run.id, flow_run.state_type, flow_run.run_count, flow_run.deployment_id, flow_run.empirical_policy
     from heartbeat join flow_run on flow_run.id = heartbeat.flow_run_id
     where heartbeat.last_seen < ? and flow_run.state_type in ('PENDING', 'RUNNING', 'CANCELLING')
     order by heartbeat.last_seen limit ?`,
    ...[before, limit],
  );
}
