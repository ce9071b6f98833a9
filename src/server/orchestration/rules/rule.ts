// What a rule is: where it applies, what it may do before a state is stored, and what follows.
import type { Tx } from "#db/connect.ts";
import { EMPTY_DETAILS } from "#domain/states.ts";
import type { Timestamp } from "#lib/time/timestamps.ts";
import type { State, StateDetails, StateType } from "#wire/runs/states.ts";
import type { OrchestrationContext } from "../../kernel/context.ts";
import type { RunRecord } from "../../states/run-record.ts";
import type { NewState } from "../../states/store.ts";

export interface Transition<Run extends RunRecord = RunRecord> {
  tx: Tx;
  context: OrchestrationContext;
  /** By the clock. What is stored may bear a later timestamp (proposal.ts). */
  now: Timestamp;
  run: Run;
  initial: State | null;
  /** Rules may rename it or fill in details; a replacement is given as a verdict. */
  proposed: NewState;
  /** The client starts runs only within the limits of their work queue and pool. */
  keepsLimits?: boolean;
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
