// Decides which reads an event of the server makes outdated.
import type { EventName } from "#wire/events.ts";
import { addressOf, type EndpointName } from "./call.ts";
import type { ServerEvent } from "./event-stream.ts";

interface Touched {
  /** Paths of reads of what the event tells of. Of one record only the events of its id matter; of a list all of its kind. */
  paths: RegExp;
  /** Paths of reads of one record of another kind, which may show what was changed: any of them. */
  others?: RegExp;
}

/** Why a run waits: a limit, a pause, a queue without an agent. */
const STORY = /^\/orch\/flow_runs\/\{id\}\/story$/;

/** By event. Routes below `/orch` show several kinds at once. */
const TOUCHED: Record<EventName, Touched> = {
  ready: { paths: /^$/ },
  reset: { paths: /^/, others: /^/ },
  "flow-run-state": { paths: /^\/(flow_runs|ui\/flow_runs|flow_run_states|orch)\b/ },
  "task-run-state": {
    paths: /^\/(task_runs|task_run_states|flow_runs\/\{id\}\/graph|orch\/flow_runs\/\{id\}\/timeline)\b/,
    // It may have taken or freed a slot.
    others: /^\/concurrency_limits\b/,
  },
  // Of one run nothing is read again: it would only be refused.
  "flow-run": { paths: /^\/(flow_runs|ui\/flow_runs|orch)\b(?!.*\{id\})/ },
  log: { paths: /^\/logs\b/ },
  "work-queue": { paths: /^\/(work_queues|work_pools|orch\/work_queues)\b/, others: STORY },
  "work-pool": {
    paths: /^\/(work_pools|orch\/work_queues)\b/,
    others: /^\/(work_queues|orch\/flow_runs\/\{id\}\/story)\b/,
  },
  deployment: { paths: /^\/(deployments|flow_runs|orch)\b/, others: STORY },
  // Its deployments and runs go with a flow.
  flow: { paths: /^\/(flows|flow_runs|orch\/(flow_runs|deployments|search))\b/ },
  variable: { paths: /^\/variables\b/ },
  // A block may hold another one.
  "block-document": { paths: /^$/, others: /^\/block_documents\b/ },
  "notification-policy": { paths: /^\/flow_run_notification_policies\b/ },
  "concurrency-limit": { paths: /^\/concurrency_limits\b/, others: STORY },
};

/** Whether what was read may be another by now. */
export function isTouched({ name, input }: { name: EndpointName; input: unknown }, event: ServerEvent): boolean {
  const { path } = addressOf(name);
  const { paths, others } = TOUCHED[event.name];
  if (isOfDeleted(path, event) && !isToldByEvents(name)) return false;
  if (others?.test(path)) return true;
  if (!paths.test(path)) return false;
  const { id } = (input as { params?: { id?: string } }).params ?? {};
  return id === undefined || Object.values(event.data).includes(id);
}

/** What is gone is not read again: it would only be refused. The queues of a pool go with it. */
function isOfDeleted(path: string, { name, data }: ServerEvent): boolean {
  if (!("change" in data) || data.change !== "deleted") return false;
  return name === "work-pool" ? path.includes("{") : path.endsWith("}");
}

/** Whether some event tells of what this call reads: it need not be asked again and again. */
export function isToldByEvents(name: EndpointName): boolean {
  const { path } = addressOf(name);
  return /^\/(flow_runs|ui\/flow_runs|orch\/flow_runs|task_runs|deployments|logs)\b/.test(path);
}
