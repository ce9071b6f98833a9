// Decides which reads an event of the server makes outdated.
import type { EventName } from "#wire/events.ts";
import { addressOf, type EndpointName } from "./call.ts";
import type { ServerEvent } from "./event-stream.ts";

/** By event, the paths of the reads it touches. Routes below `/orch` show several kinds at once. */
const PATHS: Record<EventName, RegExp> = {
  ready: /^$/,
  reset: /^/,
  "flow-run-state": /^\/(flow_runs|ui\/flow_runs|flow_run_states|orch)\b/,
  "task-run-state": /^\/(task_runs|task_run_states|flow_runs\/\{id\}\/graph|orch\/flow_runs\/\{id\}\/timeline)\b/,
  log: /^\/logs\b/,
  "work-queue": /^\/(work_queues|work_pools|orch\/work_queues)\b/,
  deployment: /^\/(deployments|orch)\b/,
};

/** A queue that gets its first agent, or a pause, may be why the run of any story waits. */
const OF_ANY_QUEUE = /^\/orch\/flow_runs\/\{id\}\/story$/;

/** Of one record only the events of its id matter; of a list all of its kind. */
export function isTouched({ name, input }: { name: EndpointName; input: unknown }, event: ServerEvent): boolean {
  const { path } = addressOf(name);
  if (event.name === "work-queue" && OF_ANY_QUEUE.test(path)) return true;
  if (!PATHS[event.name].test(path)) return false;
  const { id } = (input as { params?: { id?: string } }).params ?? {};
  return id === undefined || event.name === "reset" || Object.values(event.data).includes(id);
}

/** Whether some event tells of what this call reads: it need not be asked again and again. */
export function isToldByEvents(name: EndpointName): boolean {
  const { path } = addressOf(name);
  return /^\/(flow_runs|ui\/flow_runs|orch\/flow_runs|task_runs|deployments|logs)\b/.test(path);
}
