// State of one attempt of a flow run: the tasks it has started and their results.
import type { RunState } from "#domain/run-state.ts";
import type { FlowRun } from "#wire/runs/flow-runs.ts";
import type { State } from "#wire/runs/states.ts";
import type { FlowRunInfo, RunLogger } from "./context.ts";
import type { ResultStore } from "./results.ts";

/**
 * Final states of tasks and subflows by their task run, over the attempts of one process: completed work is not redone.
 * Undefined where no retry can come, so that results are not held longer than their users hold them.
 */
export type Memory = Map<string, RunState> | undefined;

/** The run was cancelled: what its flow still does is ignored. */
export class RunCancelled extends Error {
  readonly run: FlowRun;

  constructor(run: FlowRun) {
    super("The flow run was cancelled.");
    this.run = run;
  }
}

/** Unwinds the code of a flow whose run is paused while its process ends. A flow that catches it is paused all the same. */
export class PausedRun extends Error {
  override readonly name = "PausedRun";

  constructor() {
    super("The flow run is paused, and this process ends. Another one goes on with it when it is resumed.");
  }
}

export interface Scope {
  readonly flowRun: FlowRunInfo;
  readonly logger: RunLogger;
  readonly logPrints: boolean;
  readonly memory: Memory;
  /** Where the flow keeps results, and what it calls, unless it says otherwise. Undefined: a folder of this machine. */
  readonly resultStore: ResultStore | undefined;
  /** The run was paused, and its process ended: what completed before does not run again. */
  readonly isResumed: boolean;
  /** States of all tasks and subflows that ended, in that order. */
  readonly states: RunState[];
  /** Aborted when the attempt is over: late calls of abandoned code are refused. */
  readonly signal: AbortSignal;
  /** 0, 1, 2… for each key, in the order of the calls: so a second attempt finds its runs again. */
  nextIndex(key: string): number;
  /** Counts a run under way; the attempt ends after it. */
  track(work: Promise<RunState>): void;
  settle(): Promise<void>;
  /** This process leaves the run to another one: what goes on ends, nothing new starts. */
  pause(state: State): void;
  /** Set once that was logged. */
  readonly pausedAs: State | undefined;
  close(): void;
  /** Remembers that a value came out of a task run, so that passing it on shows as a dependency. */
  remember(value: unknown, taskRunId: string): void;
  sourceOf(value: object): string | undefined;
}

export function createScope(
  parts: Pick<Scope, "flowRun" | "logger" | "logPrints" | "memory" | "resultStore" | "isResumed">,
  session: AbortSignal,
): Scope {
  const counters = new Map<string, number>();
  const pending = new Set<Promise<unknown>>();
  const sources = new WeakMap<object, string>();
  const over = new AbortController();
  const states: RunState[] = [];
  let pausedAs: State | undefined;
  return {
    ...parts,
    states,
    signal: AbortSignal.any([over.signal, session]),
    nextIndex(key) {
      const index = counters.get(key) ?? 0;
      counters.set(key, index + 1);
      return index;
    },
    track(work) {
      const entry = work.then((state) => states.push(state.withoutValue())).catch(() => {});
      pending.add(entry);
      void entry.finally(() => pending.delete(entry));
    },
    async settle() {
      // Tasks may start tasks: look again until none is left.
      while (pending.size > 0) await Promise.all(pending);
    },
    pause(state) {
      pausedAs = state;
    },
    get pausedAs() {
      return pausedAs;
    },
    close: () => over.abort(),
    remember(value, taskRunId) {
      if (typeof value === "object" && value !== null) sources.set(value, taskRunId);
    },
    sourceOf: (value) => sources.get(value),
  };
}
