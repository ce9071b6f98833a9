// A run as a transition reads and writes it.
import type { Timestamp } from "#lib/time/timestamps.ts";
import type { FlowRunPolicy } from "#wire/runs/flow-runs.ts";
import type { StateType } from "#wire/runs/states.ts";
import type { TaskRunPolicy } from "#wire/runs/task-runs.ts";

/** What both kinds of run have in common. Rules and bookkeeping change it; it is written back with the state. */
export interface RunRecord {
  id: string;
  state_id: string | null;
  state_type: StateType | null;
  state_name: string | null;
  state_timestamp: Timestamp | null;
  run_count: number;
  expected_start_time: Timestamp | null;
  next_scheduled_start_time: Timestamp | null;
  start_time: Timestamp | null;
  end_time: Timestamp | null;
  /** Seconds. */
  total_run_time: number;
}

/** A run that has no state yet. */
export function newRunRecord(id: string): RunRecord {
  return {
    id,
    state_id: null,
    state_type: null,
    state_name: null,
    state_timestamp: null,
    run_count: 0,
    expected_start_time: null,
    next_scheduled_start_time: null,
    start_time: null,
    end_time: null,
    total_run_time: 0,
  };
}

export interface FlowRunRecord extends RunRecord {
  deployment_id: string | null;
  parent_task_run_id: string | null;
  work_queue_id: string | null;
  infrastructure_pid: string | null;
  /** The execution that has the run (attempts/store.ts). */
  attempt: string | null;
  empirical_policy: FlowRunPolicy;
}

export interface TaskRunRecord extends RunRecord {
  flow_run_id: string;
  flow_run_run_count: number;
  tags: string[];
  empirical_policy: TaskRunPolicy;
  /** State and count of the flow run that the task run belongs to, as they are now. */
  enclosing_state_type: StateType | null;
  enclosing_run_count: number;
}
