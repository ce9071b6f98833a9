// What a transition reads of a flow run, and writes back: one statement each.

import { readOwnJson, writeJson } from "#db/codecs.ts";
import type { Reader, Tx } from "#db/connect.ts";
import type { FlowRunPolicy } from "#wire/runs/flow-runs.ts";
import type { State } from "#wire/runs/states.ts";
import type { FlowRunRecord } from "../states/run-record.ts";
import { STATE_COLUMNS, type StateRow, stateJoin, stateOf } from "../states/store.ts";

const NO_POLICY: FlowRunPolicy = {
  max_retries: 0,
  retry_delay_seconds: 0,
  retries: null,
  retry_delay: null,
  pause_keys: [],
  resuming: false,
};

/** The column holds what differs from the defaults. Deprecated fields fill in for the ones that took their place. */
export function readFlowRunPolicy(text: string): FlowRunPolicy {
  const policy = { ...NO_POLICY, ...readOwnJson<Partial<FlowRunPolicy>>(text) };
  if (policy.max_retries !== 0) policy.retries ??= policy.max_retries;
  if (policy.retry_delay_seconds !== 0) policy.retry_delay ??= Math.trunc(policy.retry_delay_seconds);
  return policy;
}

export function writeFlowRunPolicy(policy: FlowRunPolicy): string {
  const { max_retries, retry_delay_seconds, retries, retry_delay, pause_keys, resuming } = policy;
  return writeJson({
    ...(max_retries === 0 ? {} : { max_retries }),
    ...(retry_delay_seconds === 0 ? {} : { retry_delay_seconds }),
    ...(retries === null ? {} : { retries }),
    ...(retry_delay === null ? {} : { retry_delay }),
    ...(pause_keys?.length ? { pause_keys } : {}),
    ...(resuming ? { resuming } : {}),
  });
}

const RECORD_COLUMNS = `flow_run.id, flow_run.state_id, flow_run.state_type, flow_run.state_name, flow_run.state_timestamp,
  flow_run.run_count, flow_run.expected_start_time, flow_run.next_scheduled_start_time, flow_run.start_time,
  flow_run.end_time, flow_run.total_run_time, flow_run.deployment_id, flow_run.parent_task_run_id,
  flow_run.work_queue_id, flow_run.infrastructure_pid, flow_run.attempt, flow_run.empirical_policy`;

const SELECT = `select ${RECORD_COLUMNS}, ${STATE_COLUMNS} from flow_run ${stateJoin("flow_run")} where flow_run.id = ?`;

type Row = Omit<FlowRunRecord, "empirical_policy"> & { empirical_policy: string } & StateRow;

export function readFlowRunForTransition(
  q: Reader,
  id: string,
): { run: FlowRunRecord; state: State | null } | undefined {
  const row = q.get<Row>(SELECT, id);
  return row && { run: { ...row, empirical_policy: readFlowRunPolicy(row.empirical_policy) }, state: stateOf(row) };
}

export function writeFlowRunRecord(tx: Tx, run: FlowRunRecord, now: string): void {
  tx.run(
    `update flow_run set updated = ?, state_id = ?, state_type = ?, state_name = ?, state_timestamp = ?, run_count = ?,
       expected_start_time = ?, next_scheduled_start_time = ?, start_time = ?, end_time = ?, total_run_time = ?,
       empirical_policy = ?, attempt = ?
     where id = ?`,
    ...[now, run.state_id, run.state_type, run.state_name, run.state_timestamp, run.run_count],
    ...[run.expected_start_time, run.next_scheduled_start_time, run.start_time, run.end_time, run.total_run_time],
    ...[writeFlowRunPolicy(run.empirical_policy), run.attempt, run.id],
  );
}
