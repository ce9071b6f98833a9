// Tells whether a process is alive.
import { hasEnded, statOf } from "./process-stat.ts";

/**
 * True for processes of others too. False for one that has ended, also while nothing has reaped it.
 *
 * @example
 * isAlive(process.pid); // true
 */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !hasEnded(statOf(String(pid)));
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM"; // it is there, but not ours
  }
}
