// Reads what the system says of a process, where it has /proc.
import { readFileSync, readlinkSync } from "node:fs";
import { constants } from "node:os";

/** State, parent, group and more of a process; empty when it has ended. */
export function statOf(pid: string): string[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    // After the name, which may hold anything in its parentheses.
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  } catch {
    return [];
  }
}

/** Whether a process has ended and was not reaped: some parents, such as many first processes of containers, never do it. */
export function hasEnded([state]: readonly string[]): boolean {
  return state === "Z" || state === "X";
}

/** The kernel's number of the space that process ids are counted in; 0 where there is but one. */
export function processSpace(): string {
  try {
    return /\d+/.exec(readlinkSync("/proc/self/ns/pid"))?.[0] ?? "0";
  } catch {
    return "0"; // a system without /proc
  }
}

/** Whether this process was started so that a signal does nothing, as `nohup` does; also where that cannot be known. */
export function isSignalIgnored(signal: NodeJS.Signals): boolean {
  try {
    const [, ignored = ""] = /^SigIgn:\s*([\da-f]+)$/m.exec(readFileSync("/proc/self/status", "latin1")) ?? [];
    return ((BigInt(`0x${ignored}`) >> BigInt(constants.signals[signal] - 1)) & 1n) === 1n;
  } catch {
    return true; // a system without /proc
  }
}
