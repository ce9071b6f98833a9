// What a transition reads of a task run, and writes back: one statement each.

import { readOwnJson, writeJson } from "#db/codecs.ts";
import type { Reader, Tx } from "#db/connect.ts";
import type { State } from "#wire/runs/states.ts";
import type { TaskRunPolicy } from "#wire/runs/task-runs.ts";
import type { TaskRunRecord } from "../states/run-record.ts";
import { STATE_COLUMNS, type StateRow, stateJoin, stateOf } from "../states/store.ts";

const NO_POLICY: TaskRunPolicy = {
  max_retries: 0,
  retry_delay_seconds: 0,
  retries: null,
  retry_delay: null,
  retry_jitter_factor: null,
};

/** The column holds what differs from the defaults. Deprecated fields fill in for the ones that took their place. */
export function readTaskRunPolicy(text: string): TaskRunPolicy {
  const policy = { ...NO_POLICY, ...readOwnJson<Partial<TaskRunPolicy>>(text) };
  if (policy.max_retries !== 0) policy.retries ??= policy.max_retries;
  if (policy.retry_delay_seconds !== 0) policy.retry_delay ??= Math.trunc(policy.retry_delay_seconds);
  return policy;
}

export function writeTaskRunPolicy(policy: TaskRunPolicy): string {
  const { max_retries, retry_delay_seconds, retries, retry_delay, retry_jitter_factor } = policy;
  return writeJson({
    ...(max_retries === 0 ? {} : { max_retries }),
    ...(retry_delay_seconds === 0 ? {} : { retry_delay_seconds }),
    ...(retries === null ? {} : { retries }),
    ...(retry_delay === null ? {} : { retry_delay }),
    ...(retry_jitter_factor === null ? {} : { retry_jitter_factor }),
  });
}

const RECORD_COLUMNS = `task_run.id, task_run.state_id, task_run.state_type, task_run.state_name, task_run.state_timestamp,
  task_run.run_count, task_run.expected_start_time, task_run.next_scheduled_start_time, task_run.start_time,
  task_run.end_time, task_run.total_run_time, task_run.flow_run_id, task_run.flow_run_run_count, task_run.tags,
  task_run.empirical_policy, f.state_type as enclosing_state_type, f.run_count as enclosing_run_count`;

const SELECT = `select ${RECORD_COLUMNS}, ${STATE_COLUMNS} from task_run ${stateJoin("task_run")}
  join flow_run f on f.id = task_run.flow_run_id where task_run.id = ?`;

type Row = Omit<TaskRunRecord, "empirical_policy" | "tags"> & { empirical_policy: string; tags: string } & StateRow;

export function readTaskRunForTransition(
  q: Reader,
  id: string,
): { run: TaskRunRecord; state: State | null } | undefined {
  const row = q.get<Row>(SELECT, id);
  if (!row) return undefined;
  const run = {
    ...row,
    tags: readOwnJson<string[]>(row.tags),
    empirical_policy: readTaskRunPolicy(row.empirical_policy),
  };
  return { run, state: stateOf(row) };
}

export function writeTaskRunRecord(tx: Tx, run: TaskRunRecord, now: string): void {
  tx.run(
    `update task_run set updated = ?, state_id = ?, state_type = ?, state_name = ?, state_timestamp = ?, run_count = ?,
       flow_run_run_count = ?, expected_start_time = ?, next_scheduled_start_time = ?, start_time = ?, end_time = ?,
       total_run_time = ?
     where id = ?`,
    ...[now, run.state_id, run.state_type, run.state_name, run.state_timestamp, run.run_count, run.flow_run_run_count],
    ...[
      run.expected_start_time,
      run.next_scheduled_start_time,
      run.start_time,
      run.end_time,
      run.total_run_time,
      run.id,
    ],
  );
}
