// Reads what the system says of a process, where it has /proc.
import { readFileSync, readlinkSync } from "node:fs";

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
