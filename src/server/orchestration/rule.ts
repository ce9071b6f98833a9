// What a rule is: where it applies, what it may do before a state is stored, and what follows.
import type { Tx } from "#db/connect.ts";
import { EMPTY_DETAILS } from "#domain/states.ts";
import type { Clock } from "#lib/clock.ts";
import type { Timestamp } from "#lib/time/timestamps.ts";
import type { Settings } from "#settings/table.ts";
import type { FlowRunPolicy } from "#wire/runs/flow-runs.ts";
import type { State, StateDetails, StateType } from "#wire/runs/states.ts";
import type { TaskRunPolicy } from "#wire/runs/task-runs.ts";
import type { EventsHub } from "../events.ts";
import type { NewState } from "../states/store.ts";

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
  /** Of the flow run it belongs to, as it is now. */
  enclosing_state_type: StateType | null;
  enclosing_run_count: number;
}

export interface OrchestrationContext {
  clock: Clock;
  settings: Settings;
  events: EventsHub;
}

export interface Transition<Run extends RunRecord = RunRecord> {
  tx: Tx;
  context: OrchestrationContext;
  /** By the clock. What is stored may bear a later timestamp (proposal.ts). */
  now: Timestamp;
  run: Run;
  initial: State | null;
  /** Rules may rename it or fill in details; a replacement is given as a verdict. */
  proposed: NewState;
  /** What a rule did before a later one decided otherwise is undone, last first. */
  undo: (() => void)[];
}

/** A rule that lets the proposal pass gives no verdict. A rejection may come with the state to store instead. */
export type Verdict =
  | { status: "ABORT"; reason: string }
  | { status: "WAIT"; reason: string; delay_seconds: number }
  | { status: "REJECT"; reason: string; replacement?: NewState };

type Types = ReadonlySet<StateType | null>;

export interface Rule<Run extends RunRecord = RunRecord> {
  from: Types;
  to: Types;
  before?(transition: Transition<Run>): Verdict | undefined;
  /** Once the state that this rule saw is stored; the run is written after it. */
  after?(transition: Transition<Run>): void;
  /** Once any state is stored, a replacement too, whatever `from` and `to` say. */
  always?(transition: Transition<Run>, stored: StateType): void;
}

export type Policy<Run extends RunRecord> = readonly Rule<Run>[];

const EVERY: readonly (StateType | null)[] = [
  null,
  ...(["SCHEDULED", "PENDING", "RUNNING", "PAUSED", "CANCELLING"] as const),
  ...(["COMPLETED", "FAILED", "CRASHED", "CANCELLED"] as const),
];

/** Any state, and no state. */
export const ANY: Types = new Set(EVERY);
export const TERMINAL: Types = new Set<StateType>(["COMPLETED", "FAILED", "CRASHED", "CANCELLED"]);

export function types(...wanted: (StateType | null)[]): Types {
  return new Set(wanted);
}

export function anyBut(...unwanted: StateType[]): Types {
  return new Set(EVERY.filter((type) => type === null || !unwanted.includes(type)));
}

/** A state of the server's own making, for replacements. */
export function newState(
  type: StateType,
  name: string,
  now: Timestamp,
  parts: { message?: string | null; data?: NewState["data"]; details?: Partial<StateDetails> } = {},
): NewState {
  return {
    type,
    name,
    timestamp: now,
    message: parts.message ?? null,
    data: parts.data,
    state_details: { ...EMPTY_DETAILS, ...parts.details },
  };
}
