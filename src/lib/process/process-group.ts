// Process groups: signals to them, and which processes are in them.
import { readdirSync, readFileSync } from "node:fs";
import { hasEnded, statOf } from "./process-stat.ts";
import { PARENT_VARIABLE } from "./watch-parent.ts";

/**
 * Sends a signal to a process, or to a group as −ID; 0 only looks. False when there is no such process any more.
 *
 * @example
 * signalled(-4711, "SIGTERM");
 */
export function signalled(target: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(target, signal);
    return true;
  } catch {
    return false; // ESRCH: it is gone, which is what was asked
  }
}

/** Living processes of a group; undefined on a system that does not say. What has ended and was not reaped is not among them. */
export function membersOf(group: number): number[] | undefined {
  try {
    return readdirSync("/proc").flatMap((entry) =>
      /^\d+$/.test(entry) && isLivingMember(entry, group) ? Number(entry) : [],
    );
  } catch {
    return undefined; // a system without /proc
  }
}

function isLivingMember(pid: string, group: number): boolean {
  const stat = statOf(pid);
  return Number(stat[2]) === group && !hasEnded(stat);
}

/**
 * The group that an agent has made for the run of this process; undefined when it is in another one, such as that of a
 * person's shell.
 */
export function groupOfRun(): number | undefined {
  const agent = process.env[PARENT_VARIABLE];
  if (!agent) return undefined;
  const group = Number(statOf("self")[2]);
  if (group === process.pid) return group;
  try {
    // A script that the agent has started leads it, and this process was started by the script.
    const leader = readFileSync(`/proc/${group}/environ`, "latin1").split("\0");
    return leader.includes(`${PARENT_VARIABLE}=${agent}`) ? group : undefined;
  } catch {
    // The leader is gone, or this is a system without /proc, where only the leader itself can know.
    return Number.isNaN(group) && signalled(-process.pid, 0) ? process.pid : undefined;
  }
}
