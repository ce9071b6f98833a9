// Says in plain words how a container has ended.
import type { Exit } from "../infrastructure.ts";
import { type EndedByAgent, howItEnded } from "../process-exit.ts";

export interface ContainerEnd {
  /** Of the run. */
  name: string;
  code: number;
  isOutOfMemory: boolean;
  /** `mem_limit`, as the block has it; null for none. */
  memoryLimit: string | null;
  /** The container was removed before its end was seen. */
  isGone?: boolean;
  /** It ended while the engine did not answer, or soon after: a dockerd that is stopped, or started, ends what runs. */
  wasEngineAway?: boolean;
  /** What the agent has done to end it. */
  ended?: EndedByAgent | undefined;
}

const KILLED = 137;
const TERMINATED = 143;

export function containerExit(end: ContainerEnd): Exit {
  const { name, code, isOutOfMemory, memoryLimit, isGone, ended } = end;
  const limit = memoryLimit === null ? "the memory there is" : `its memory limit of ${memoryLimit}`;
  const byEngine = endedByEngine(end);
  const how = isGone
    ? "was removed before its end was seen"
    : isOutOfMemory
      ? `was killed because it used more than ${limit}`
      : (byEngine ??
        (code === KILLED && memoryLimit !== null && ended === undefined
          ? `was killed by signal SIGKILL: by hand, by the system, or because it used more than ${limit}`
          : howItEnded(code, code === KILLED && ended === "asked" ? "killed-after-asking" : ended)));
  return {
    code,
    line:
      code === 0
        ? `Container '${name}' exited cleanly.`
        : `Container '${name}' exited with status code: ${code}. It ${how}.`,
    reason: `Crash detected! The container of the flow run ${how}.`,
    cause: byEngine && `The container of the flow run ${how}.`,
    cancelReason: cancelReason(code, isOutOfMemory),
  };
}

/** Of a container that was made, and that its engine then refused to start; `reason`: a sentence. */
export function neverStarted(name: string, reason: string): Exit {
  return {
    ...{ code: -1, line: `Container '${name}' has not run. ${reason}`, reason: `Crash detected! ${reason}` },
    cancelReason: "The flow run was cancelled. Its container had not started.",
  };
}

/** Undefined where it ended by itself, or was ended by others. */
function endedByEngine(end: ContainerEnd): string | undefined {
  const { code, isOutOfMemory, isGone, wasEngineAway, ended } = end;
  if (!wasEngineAway || isOutOfMemory || isGone || ended || !isBySignal(code)) return undefined;
  return `was ended (signal ${code === KILLED ? "SIGKILL" : "SIGTERM"}) while its engine was stopped or started again`;
}

/** It was asked to end, or was ended hard. */
export function isBySignal(code: number): boolean {
  return code === KILLED || code === TERMINATED;
}

/** Null for one that ended by itself: it has said so in the log. */
function cancelReason(code: number, isOutOfMemory: boolean): string | null {
  if (isOutOfMemory) return null;
  if (code === KILLED) {
    return "The flow run was cancelled. Its container did not end in time, and was killed (signal SIGKILL).";
  }
  return code === TERMINATED ? "The flow run was cancelled. Its container was ended (signal SIGTERM)." : null;
}
