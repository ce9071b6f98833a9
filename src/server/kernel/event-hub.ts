// In-process event hub; publishes after commit. Held requests and loops that wait for a due time listen.
import type { Tx } from "#db/connect.ts";
import type { StateType } from "#wire/runs/states.ts";

export type ServerEvent =
  /** A run became SCHEDULED, a slot became free, a queue, pool or deployment changed: look again. */
  | { type: "runs-due-changed" }
  | { type: "flow-run-state"; flow_run_id: string; state_type: StateType; state_name: string }
  /** Events for listeners of the event stream: a task run in a new state, log lines. */
  | { type: "task-run-state"; flow_run_id: string }
  | { type: "logs-stored"; flow_run_ids: ReadonlySet<string> }
  /** A task run gave slots of its tags back, or a limit was changed. */
  | { type: "slots-freed" }
  /** A notification about a state of a flow run was queued. */
  | { type: "notification-queued" }
  /** Another process wrote to the database: anything may have happened. */
  | { type: "foreign-write" }
  | { type: "deployment-changed"; deployment_id: string }
  /** What no run waits for was changed or deleted: a flow, a variable, a block, a notification policy, an ended run. */
  | { type: "record-changed" };

export interface EventsHub {
  publish(event: ServerEvent): void;
  /** Returns the way to stop listening. */
  subscribe(listener: (event: ServerEvent) => void): () => void;
  /** How many listen. */
  count(): number;
}

/** `whileHeard` starts what publishes only while there are listeners, and returns the way to stop it. */
export function createEventsHub(
  whileHeard: (publish: (event: ServerEvent) => void) => () => void = () => () => {},
): EventsHub {
  const listeners = new Set<(event: ServerEvent) => void>();
  let stop = () => {};
  const publish = (event: ServerEvent) => {
    for (const listener of listeners) listener(event);
  };
  return {
    publish,
    count: () => listeners.size,
    subscribe(listener) {
      if (listeners.size === 0) stop = whileHeard(publish);
      listeners.add(listener);
      return () => {
        if (listeners.delete(listener) && listeners.size === 0) stop();
      };
    },
  };
}

/** Makes what a transaction does wake the event stream once it is committed. For records that no run waits for. */
export function changingRecords(events: EventsHub): <T>(work: (tx: Tx) => T) => (tx: Tx) => T {
  return (work) => (tx) => {
    tx.afterCommit(() => events.publish({ type: "record-changed" }));
    return work(tx);
  };
}
