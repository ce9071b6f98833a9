// Tells which flow run a process executes, so that a number that another process has by now is not taken for it.
import { readFileSync } from "node:fs";
import { membersOf } from "./process-group.ts";
import { processSpace, statOf } from "./process-stat.ts";

/** In the environment of every process of a run, whichever agent started it; empty in an engine that waited for its run. */
export const FLOW_RUN_VARIABLE = "PREFECT__FLOW_RUN_ID";
/** Of the fields of `/proc/PID/stat` after the name. */
const START_TIME = 19;

export interface RunOfProcess {
  flowRunId: string;
  /** As `processStart` gave it when the process was started; null where that is not known. */
  processStart?: string | null | undefined;
}

/** When a process was started, by the system's count. Undefined for one that is gone, and where the system does not say. */
export function startTicks(pid: number): string | undefined {
  return statOf(String(pid))[START_TIME] ?? fromPs(pid, ["-o", "lstart="]);
}

/**
 * What no later process with the same number shares, on this machine and in others that count alike.
 *
 * @example
 * processStart(4711); // "4026531836-123456"
 */
export function processStart(pid: number): string | undefined {
  const ticks = startTicks(pid);
  return ticks === undefined ? undefined : `${processSpace()}-${ticks}`;
}

/**
 * The id of the run, 32 digits, by the environment that the process was started with. Empty for an engine that was started
 * ahead of its run, undefined for a process of no run, one that is gone, and one that may not be looked at.
 */
export function runOfProcess(pid: number): string | undefined {
  return environmentOf(pid)
    ?.find((entry) => entry.startsWith(`${FLOW_RUN_VARIABLE}=`))
    ?.slice(FLOW_RUN_VARIABLE.length + 1)
    .replaceAll("-", "")
    .toLowerCase();
}

/** Whether a process executes the run, or what it has started does where it is gone itself. */
export function executesRun(pid: number, { flowRunId, processStart: recorded }: RunOfProcess): boolean {
  const start = processStart(pid);
  if (start !== undefined && recorded) return start === recorded;
  const isRun = (id: string | undefined) => id === flowRunId.replaceAll("-", "").toLowerCase();
  const isLeaderThere = start !== undefined && (environmentOf(pid)?.length ?? 1) > 0;
  if (isLeaderThere) return isRun(runOfProcess(pid));
  // A number is not given again while a group bears it.
  return membersOf(pid)?.some((member) => isRun(runOfProcess(member))) ?? true;
}

/** `NAME=VALUE`s; none of a process that has ended and was not reaped. */
function environmentOf(pid: number): string[] | undefined {
  try {
    return readFileSync(`/proc/${pid}/environ`, "latin1").split("\0").filter(Boolean);
  } catch {
    return fromPs(pid, ["-E", "-ww", "-o", "command="])?.split(" ");
  }
}

/** For systems without /proc. */
function fromPs(pid: number, options: readonly string[]): string | undefined {
  if (process.platform === "linux" || process.platform === "win32") return undefined;
  const { stdout, success } = Bun.spawnSync(["ps", "-p", String(pid), ...options]);
  const text = stdout.toString().trim();
  return success && text !== "" ? text : undefined;
}
