// A new flow run with its first state: stored without rules, with all the bookkeeping, in two inserts.

import { writeJson, writeJsonOrNull } from "#db/codecs.ts";
import type { Tx } from "#db/connect.ts";
import { isTerminal } from "#domain/states.ts";
import { timestampNow } from "#lib/clock.ts";
import { newId } from "#lib/ids.ts";
import { runName } from "#lib/text/names.ts";
import type { Timestamp } from "#lib/time/timestamps.ts";
import { OLDEST } from "#wire/later.ts";
import type { FlowRun, FlowRunCreate } from "#wire/runs/flow-runs.ts";
import { readFlowRunPolicy, writeFlowRunPolicy } from "../flow-runs/record.ts";
import { findByIdempotencyKey, readFlowRun } from "../flow-runs/store.ts";
import type { OrchestrationContext } from "../kernel/context.ts";
import { type FlowRunRecord, newRunRecord } from "../states/run-record.ts";
import { insertState, type NewState } from "../states/store.ts";
import { readTaskRunForTransition } from "../task-runs/record.ts";
import { crashedWithEnded } from "./created-too-late.ts";
import { FIRST_STATE, stateFrom } from "./proposal.ts";
import { followFlowRun, keepFlowRunBooks, ofFlowRun } from "./propose.ts";

export interface NewFlowRun extends FlowRunCreate {
  /** From the deployment. */
  work_queue_id?: string | null;
  work_queue_name?: string | null;
  /** Of the process that makes the run and executes it. */
  attempt?: string | null;
}

/** A run of the same flow with the same idempotency key is given back unchanged. */
export function createFlowRun(
  tx: Tx,
  context: OrchestrationContext,
  given: NewFlowRun,
  release = OLDEST,
): { flowRun: FlowRun; created: boolean } {
  const known = given.idempotency_key ? findByIdempotencyKey(tx, given.flow_id, given.idempotency_key) : undefined;
  const id = known ?? newId();
  if (!known) insert(tx, context, id, given);
  const flowRun = readFlowRun(tx, id, context.clock.now(), release);
  if (!flowRun) throw new Error(`flow run ${id} was neither inserted nor found`);
  return { flowRun, created: !known };
}

function insert(tx: Tx, context: OrchestrationContext, id: string, given: NewFlowRun): void {
  const now = timestampNow(context.clock);
  const run = newRecord(id, given);
  const state = ofFlowRun(run, firstState(tx, given, now));
  keepFlowRunBooks(run, null, state);
  const stateId = newId();
  tx.run(
    `insert into flow_run (id, created, updated, name, flow_id, state_id, deployment_id, work_queue_id, work_queue_name,
       flow_version, parameters, idempotency_key, context, empirical_policy, tags, parent_task_run_id,
       infrastructure_document_id, state_type, state_name, state_timestamp, run_count, expected_start_time,
       next_scheduled_start_time, start_time, attempt, job_variables)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ...[id, now, now, given.name || runName(), given.flow_id, stateId, given.deployment_id, run.work_queue_id],
    ...[given.work_queue_name ?? null, given.flow_version, writeJson(given.parameters), given.idempotency_key],
    ...[writeJson(given.context), writeFlowRunPolicy(run.empirical_policy), writeJson([...new Set(given.tags)])],
    ...[given.parent_task_run_id, given.infrastructure_document_id, run.state_type, run.state_name],
    ...[
      run.state_timestamp,
      run.run_count,
      run.expected_start_time,
      run.next_scheduled_start_time,
      run.start_time,
      run.attempt,
      writeJsonOrNull(given.job_variables),
    ],
  );
  const stored = insertState(tx, "flow_run", id, state, stateId);
  followFlowRun(tx, context, run, stored);
}

/** A subflow executes in the process of its parent: of a parent that has ended it is not started. */
function firstState(tx: Tx, { state, parent_task_run_id, deployment_id }: NewFlowRun, now: Timestamp): NewState {
  const first = stateFrom(state ?? FIRST_STATE, now, {});
  if (!parent_task_run_id || deployment_id || isTerminal(first.type)) return first;
  const parent = readTaskRunForTransition(tx, parent_task_run_id)?.run.flow_run_id;
  return (parent && crashedWithEnded(tx, parent, now)) || first;
}

function newRecord(id: string, given: NewFlowRun): FlowRunRecord {
  return {
    ...newRunRecord(id),
    deployment_id: given.deployment_id,
    parent_task_run_id: given.parent_task_run_id,
    work_queue_id: given.work_queue_id ?? null,
    infrastructure_pid: null,
    attempt: given.attempt ?? null,
    empirical_policy: readFlowRunPolicy(writeJson(given.empirical_policy)),
  };
}
