// Watches the agent that started this process, by the id in the environment, so that this process does not outlive it.

import { isAlive } from "./process-alive.ts";

/** Holds the id of the agent that started this process, or started what started it. */
export const PARENT_VARIABLE = "ORCH__AGENT_PID";
const LOOK_MS = 500;

/**
 * Calls `onGone` once the process named in the environment is gone; at once if it was gone already.
 * A process that was not started by an agent is left alone. Returns the way to stop looking.
 *
 * @example
 * const stop = watchParent(() => process.exit(1));
 */
export function watchParent(onGone: () => void): () => void {
  const agent = Number(process.env[PARENT_VARIABLE] ?? Number.NaN);
  if (!Number.isSafeInteger(agent) || agent <= 0) return () => {};
  // A script may stand in between (`command: [sh, -c, …]`): then it is no parent of ours, and its life is what counts.
  const isGone = process.ppid === agent ? () => process.ppid !== agent : () => !isAlive(agent);
  const look = () => {
    if (!isGone()) return;
    clearInterval(timer);
    onGone();
  };
  const timer = setInterval(look, LOOK_MS);
  timer.unref();
  queueMicrotask(look);
  return () => clearInterval(timer);
}
