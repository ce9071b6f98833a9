// What happened, told after its commit to whoever listens in this process: held requests, loops that wait for a due time.
import type { StateType } from "#wire/states.ts";

export type ServerEvent =
  /** A run became SCHEDULED, a slot became free, a queue, pool or deployment changed: look again. */
  | { type: "runs-due-changed" }
  | { type: "flow-run-state"; flow_run_id: string; state_type: StateType; state_name: string }
  | { type: "deployment-changed"; deployment_id: string };

export interface EventsHub {
  publish(event: ServerEvent): void;
  /** Returns the way to stop listening. */
  subscribe(listener: (event: ServerEvent) => void): () => void;
}

export function createEventsHub(): EventsHub {
  const listeners = new Set<(event: ServerEvent) => void>();
  return {
    publish(event) {
      for (const listener of listeners) listener(event);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
