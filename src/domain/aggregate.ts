// Many states into one: what a flow's end means when its outcome is its tasks.
import { RunState } from "./run-state.ts";

/** The message of a flow run that returned nothing and is what its tasks and subflows became. */
export const ALL_COMPLETED = "All states completed.";

/** The state of a group: completed only if all are; cancelled, failed or not final name how many. */
export function aggregate(states: readonly RunState[]): RunState {
  const of = (wanted: (state: RunState) => boolean) => states.filter(wanted).length;
  const share = (count: number) => `${count}/${states.length} states`;
  const cancelled = of((state) => state.isCancelled());
  const failed = of((state) => state.isFailed() || state.isCrashed());
  const open = of((state) => !state.isFinal());
  if (of((state) => state.isCompleted()) === states.length) {
    return new RunState({ type: "COMPLETED", message: ALL_COMPLETED }, { value: states });
  }
  if (cancelled > 0) return new RunState({ type: "CANCELLED", message: `${share(cancelled)} cancelled.` });
  const first = states.find((state) => state.isFailed() || state.isCrashed());
  const message = failed > 0 ? `${share(failed)} failed.` : `${share(open)} are not final.`;
  return new RunState({ type: "FAILED", message }, first ? { error: first.error() } : undefined);
}
