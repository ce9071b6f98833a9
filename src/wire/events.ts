// What happens, told as it happens: a stream of server-sent events. Not in the list of endpoints, as its answer has no end.
import { endpoint, shape } from "./endpoint.ts";
import { integer, maybe, text, uuid } from "./primitives.ts";
import type { StateType } from "./runs/states.ts";

/**
 * Of all runs, and of all records such as queues and deployments; with `flow_run_id` of one run, with its tasks and its logs.
 * Goes on after the event whose id is given as the header `Last-Event-ID`, or where headers cannot be set, in the query.
 * With `past_ms` a first connection begins so many milliseconds ago: for those that read before they listened.
 */
export const listenToEvents = endpoint("GET", "/orch/events", {
  query: shape(() => ({
    flow_run_id: maybe(uuid()),
    last_event_id: maybe(text()),
    lastEventId: maybe(text()),
    past_ms: maybe(integer({ min: 0 })),
  })),
  versioned: false,
});

interface StateChange {
  /** Of the state. */
  id: string;
  flow_run_id: string;
  run_name: string;
  state_type: StateType;
  state_name: string;
  message: string | null;
  timestamp: string;
}

/** By the name of the event, what its data says. */
export interface EventData {
  /** The first event: from here on nothing is left out. */
  ready: { resumed: boolean };
  /** Too much has happened since the event that was named: read what you show again. */
  reset: { reason: string };
  "flow-run-state": StateChange & { flow_id: string; deployment_id: string | null };
  "task-run-state": StateChange & { task_run_id: string };
  /** Of the run that was asked for. */
  log: { id: string; flow_run_id: string; task_run_id: string | null } & LogText;
  "work-queue": Change & Partial<{ work_pool_name: string; is_paused: boolean; concurrency_limit: number | null }>;
  "work-pool": Change & Partial<{ is_paused: boolean; concurrency_limit: number | null }>;
  deployment: Change & Partial<{ flow_id: string; is_schedule_active: boolean; work_queue_name: string | null }>;
  flow: Change;
  variable: Change;
  "block-document": Change;
  "notification-policy": Change & Partial<{ is_active: boolean }>;
  /** Of a run only that it was deleted: its states tell the rest. */
  "flow-run": { change: "deleted"; id: string };
  "concurrency-limit": Change & Partial<{ tag: string; concurrency_limit: number }>;
}

interface LogText {
  name: string;
  level: number;
  message: string;
  timestamp: string;
}

/** Of what is gone there is only the id. */
interface Change {
  change: "created" | "changed" | "deleted";
  id: string;
  name?: string;
}

export type EventName = keyof EventData;
/** Of a record that was created, changed or deleted. */
export type RecordEventName = {
  [Name in EventName]: EventData[Name] extends Change ? Name : never;
}[EventName];
