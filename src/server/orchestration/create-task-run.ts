// A new task run with its first state: stored without rules, with all the bookkeeping, in two inserts.

import { writeJson } from "#db/codecs.ts";
import type { Tx } from "#db/connect.ts";
import { isTerminal } from "#domain/states.ts";
import { timestampNow } from "#lib/clock.ts";
import { newId } from "#lib/ids.ts";
import { runName } from "#lib/text/names.ts";
import type { TaskRun, TaskRunCreate } from "#wire/runs/task-runs.ts";
import type { OrchestrationContext } from "../kernel/context.ts";
import { newRunRecord } from "../states/run-record.ts";
import { insertState } from "../states/store.ts";
import { writeTaskRunPolicy } from "../task-runs/record.ts";
import { findByDynamicKey, readTaskRun } from "../task-runs/store.ts";
import { keepBooks } from "./bookkeeping.ts";
import { crashedWithEnded } from "./created-too-late.ts";
import { FIRST_STATE, stateFrom } from "./proposal.ts";

/** A task run of the same flow run with the same keys is given back unchanged. */
export function createTaskRun(
  tx: Tx,
  context: OrchestrationContext,
  given: TaskRunCreate,
): { taskRun: TaskRun; created: boolean } {
  const known = findByDynamicKey(tx, given.flow_run_id, given.task_key, given.dynamic_key);
  const id = known ?? newId();
  if (!known) insert(tx, context, id, given);
  const taskRun = readTaskRun(tx, id, context.clock.now());
  if (!taskRun) throw new Error(`task run ${id} was neither inserted nor found`);
  return { taskRun, created: !known };
}

function insert(tx: Tx, context: OrchestrationContext, id: string, given: TaskRunCreate): void {
  const now = timestampNow(context.clock);
  const ids = { flow_run_id: given.flow_run_id, task_run_id: id };
  const first = stateFrom(given.state ?? FIRST_STATE, now, ids);
  const state = isTerminal(first.type) ? first : (crashedWithEnded(tx, given.flow_run_id, now, ids) ?? first);
  const run = newRunRecord(id);
  keepBooks(run, null, state);
  const stateId = newId();
  tx.run(
    `insert into task_run (id, created, updated, name, flow_run_id, task_key, dynamic_key, cache_key, cache_expiration,
       task_version, empirical_policy, tags, task_inputs, state_id, state_type, state_name, state_timestamp, run_count,
       expected_start_time, next_scheduled_start_time, start_time)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ...[id, now, now, given.name || runName(), given.flow_run_id, given.task_key, given.dynamic_key],
    ...[given.cache_key, given.cache_expiration, given.task_version, writeTaskRunPolicy(given.empirical_policy)],
    ...[writeJson([...new Set(given.tags)]), writeJson(given.task_inputs), stateId],
    ...[
      run.state_type,
      run.state_name,
      run.state_timestamp,
      run.run_count,
      run.expected_start_time,
      run.next_scheduled_start_time,
      run.start_time,
    ],
  );
  insertState(tx, "task_run", id, state, stateId);
  tx.afterCommit(() => context.events.publish({ type: "task-run-state", flow_run_id: given.flow_run_id }));
}
