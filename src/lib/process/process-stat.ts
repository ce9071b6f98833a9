// Reads what the system says of a process, where it has /proc.
import { readFileSync } from "node:fs";

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
