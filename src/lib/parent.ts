// A process that should not outlive the one that started it: it is told the other's id and looks whether it is still there.

/** Holds the id of the agent that started this process. */
export const PARENT_VARIABLE = "ORCH__AGENT_PID";
const LOOK_MS = 500;

/**
 * Calls `onGone` once the process named in the environment is no longer our parent; at once if it was gone already.
 * A process that was not started by an agent is left alone. Returns the way to stop looking.
 */
export function watchParent(onGone: () => void): () => void {
  const parent = Number(process.env[PARENT_VARIABLE] ?? Number.NaN);
  if (Number.isNaN(parent)) return () => {};
  const look = () => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    onGone();
  };
  const timer = setInterval(look, LOOK_MS);
  timer.unref();
  queueMicrotask(look);
  return () => clearInterval(timer);
}
