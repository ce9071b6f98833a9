// What flow code may ask about the run it is in.
import {
  currentRun,
  type FlowRunInfo,
  type RunFrame,
  type RunLogger,
  type TaskRunInfo,
} from "#engine/session/context.ts";
import { signalFor } from "#engine/session/user-code.ts";
import { systemClock } from "#lib/clock.ts";
import { OrchError } from "#lib/errors.ts";

export interface RunContext {
  readonly flowRun: FlowRunInfo;
  /** Null in the flow's own code. */
  readonly taskRun: TaskRunInfo | null;
  /** Aborted when the run was given up: it timed out, was cancelled, or its process has to end. Hand it to `fetch` and the like. */
  readonly signal: AbortSignal;
}

/**
 * The logger of the run around the call: of the task in a task, else of the flow.
 *
 * @example
 * getRunLogger().info(`hi ${name}`);
 */
export function getRunLogger(): RunLogger {
  return frameFor("getRunLogger()").logger;
}

/** The run around the call. */
export function runContext(): RunContext {
  const frame = frameFor("runContext()");
  const { flowRun, taskRun } = frame;
  return {
    flowRun,
    taskRun,
    get signal() {
      return signalFor(frame);
    },
  };
}

/** Waits. In a run it ends early, by throwing, when the run was given up. */
export function sleep(seconds: number): Promise<void> {
  return currentRun.getStore()?.engine?.sleep(seconds) ?? systemClock.sleep(seconds * 1000);
}

function frameFor(what: string): RunFrame {
  const frame = currentRun.getStore();
  if (frame) return frame;
  const hint = Bun.isMainThread ? "" : " A worker thread is outside: send what it has to say to the flow.";
  throw new OrchError("invalid", `${what} was called outside of a flow or task run.${hint}`);
}
