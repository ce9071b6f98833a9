// How many processes this one can watch at a time: each takes files of its own, and their number is limited (`ulimit -n`).
import { readdirSync, readFileSync } from "node:fs";

/** Two for the output of a process and one for its end. */
const EACH = 3;
/** For connections to the server, and for a process while it is started. */
const KEPT_FREE = 10;

export interface Descriptors {
  /** Most files that this process may open. */
  limit: number;
  /** How many are open now. */
  open: number;
}

/** `undefined` where the system does not say: then starts that fail are waited for. */
export function openDescriptors(): Descriptors | undefined {
  try {
    const limit = Number(/^Max open files\s+(\d+)/m.exec(readFileSync("/proc/self/limits", "latin1"))?.[1]);
    return Number.isNaN(limit) ? undefined : { limit, open: readdirSync("/proc/self/fd").length };
  } catch {
    return undefined; // a system without /proc
  }
}

/** At least one: it may work. */
export function mostProcesses({ limit, open }: Descriptors): number {
  return Math.max(1, Math.floor((limit - open - KEPT_FREE) / EACH));
}
