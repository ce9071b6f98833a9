// Ending a process and all that it started: signals go to its group, of which it is the leader.
import { hostname } from "node:os";
import type { Clock } from "#lib/clock.ts";
import { isAlive as isThere } from "#lib/process/process-alive.ts";
import { membersOf, signalled } from "#lib/process/process-group.ts";
import { executesRun, runOfProcess } from "#lib/process/process-identity.ts";
import type { Killed, RunningJob } from "./infrastructure.ts";
import type { EndedByAgent } from "./process-exit.ts";

const LOOK_MS = 20;

/** `HOST:PID`, as the server keeps it. */
export function processName(pid: number): string {
  return `${hostname()}:${pid}`;
}

/** So long a process that can notice a signal takes at most to say so. */
const ANSWER_SECONDS = 5;

export interface KillOptions {
  clock: Clock;
  /** Whether the process has noticed, where that can be known: one that has not after some seconds is too busy to, and has nothing from waiting. */
  hasAnswered?: () => boolean;
  /** Called with each signal that was sent. */
  onSent?: (sent: EndedByAgent) => void;
}

/** SIGTERM, and SIGKILL for what is left after `graceSeconds`; SIGKILL at once where these are 0. */
export async function killGroup(
  job: RunningJob,
  graceSeconds: number,
  { clock, hasAnswered = () => true, onSent = () => {} }: KillOptions,
): Promise<Killed> {
  const at = job.pid.lastIndexOf(":");
  if (job.pid.slice(0, at) !== hostname()) return "not-ours";
  const pid = Number(job.pid.slice(at + 1));
  // The name came over the wire: 0 and 1 would mean "all of us", and an old number may belong to another by now.
  if (!Number.isSafeInteger(pid) || pid <= 1 || !executesRun(pid, job)) return "not-found";
  // A process of the old agent leads no group.
  const target = signalled(-pid, 0) ? -pid : pid;
  // Between the two a process would have the time for a last word.
  if (!signalled(target, graceSeconds > 0 ? "SIGTERM" : "SIGKILL")) return "not-found";
  onSent(graceSeconds > 0 ? "asked" : "killed");
  const asked = clock.elapsed();
  while (isAlive(target)) {
    const seconds = (clock.elapsed() - asked) / 1000;
    if (seconds >= graceSeconds || (seconds >= ANSWER_SECONDS && !hasAnswered())) {
      if (executesRun(pid, job) && signalled(target, "SIGKILL") && graceSeconds > 0) onSent("killed-after-asking");
      break;
    }
    await clock.sleep(LOOK_MS);
  }
  return "killed";
}

/** Whether the process is there, and is the run's as far as it shows: an engine that was started ahead of its run shows none. */
export function isProcessOf({ pid: name, flowRunId }: RunningJob): boolean {
  const [host, pid] = name.split(":");
  if (host !== hostname() || !isThere(Number(pid))) return false;
  return ["", flowRunId.replaceAll("-", "")].includes(runOfProcess(Number(pid)) ?? "");
}

/** Processes that were not reaped (a container's first process often does not) count as gone. */
function isAlive(target: number): boolean {
  if (!signalled(target, 0)) return false;
  if (target > 0) return true;
  return membersOf(-target)?.length !== 0;
}
