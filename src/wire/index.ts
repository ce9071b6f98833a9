// Every endpoint, in documentation order. For the server's router and its OpenAPI page only: callers import the
// resource they need, so that a child process does not load them all.
import * as admin from "./admin.ts";
import * as artifacts from "./artifacts.ts";
import * as blocks from "./blocks.ts";
import * as collections from "./collections.ts";
import * as deploymentActivity from "./deployments/deployment-activity.ts";
import * as deploymentSchedules from "./deployments/deployment-schedules.ts";
import * as deployments from "./deployments/deployments.ts";
import * as flows from "./deployments/flows.ts";
import * as schedulePreviews from "./deployments/schedule-previews.ts";
import { type Endpoint, isLazy, type Lazy } from "./endpoint.ts";
import * as changes from "./long-polls.ts";
import * as notifications from "./notifications.ts";
import * as agents from "./pools/agents.ts";
import * as concurrencyLimits from "./pools/concurrency-limits.ts";
import * as globalConcurrencyLimits from "./pools/global-concurrency-limits.ts";
import * as workPools from "./pools/work-pools.ts";
import * as workQueues from "./pools/work-queues.ts";
import * as workers from "./pools/workers.ts";
import * as bulk from "./runs/bulk.ts";
import * as flowRunInputs from "./runs/flow-run-inputs.ts";
import * as flowRunPages from "./runs/flow-run-pages.ts";
import * as flowRunStories from "./runs/flow-run-stories.ts";
import * as flowRuns from "./runs/flow-runs.ts";
import * as heartbeats from "./runs/heartbeats.ts";
import * as history from "./runs/history.ts";
import * as logWindows from "./runs/log-windows.ts";
import * as logs from "./runs/logs.ts";
import * as runPolicies from "./runs/run-policies.ts";
import * as states from "./runs/states.ts";
import * as taskRuns from "./runs/task-runs.ts";
import * as timelines from "./runs/timelines.ts";
import * as savedSearches from "./saved-searches.ts";
import * as search from "./search.ts";
import * as variables from "./variables.ts";

const RESOURCES = {
  flows,
  "flow-runs": flowRuns,
  "flow-run-pages": flowRunPages,
  "flow-run-stories": flowRunStories,
  "flow-run-inputs": flowRunInputs,
  "task-runs": taskRuns,
  history,
  states,
  deployments,
  "deployment-schedules": deploymentSchedules,
  "deployment-activity": deploymentActivity,
  "schedule-previews": schedulePreviews,
  timelines,
  "run-policies": runPolicies,
  logs,
  "log-windows": logWindows,
  bulk,
  search,
  "work-queues": workQueues,
  "work-pools": workPools,
  workers,
  blocks,
  "concurrency-limits": concurrencyLimits,
  "global-concurrency-limits": globalConcurrencyLimits,
  variables,
  artifacts,
  "saved-searches": savedSearches,
  notifications,
  collections,
  admin,
  heartbeats,
  agents,
  changes,
};

/** An endpoint with its resource and its name: `flow-runs`, `readFlowRun`. */
export interface NamedEndpoint {
  resource: string;
  name: string;
  endpoint: Endpoint;
}

/** All endpoints. */
export const ENDPOINTS: readonly NamedEndpoint[] = Object.entries(RESOURCES).flatMap(([resource, module]) =>
  Object.entries(module)
    .filter((entry): entry is [string, Endpoint] => isEndpoint(entry[1]))
    .map(([name, endpoint]) => ({ resource, name, endpoint })),
);

type Modules = (typeof RESOURCES)[keyof typeof RESOURCES];
type NamesIn<M> = M extends unknown ? { [K in keyof M]: M[K] extends Endpoint ? K : never }[keyof M] : never;
type MemberOf<M, Name> = M extends unknown ? (Name extends keyof M ? M[Name] : never) : never;

/** The names of all endpoints: `"readFlowRun"`. */
export type EndpointName = NamesIn<Modules>;
/** An endpoint's own type by its name, where only types may be imported. */
export type EndpointNamed<Name extends EndpointName> = MemberOf<Modules, Name>;

/** All exported shapes, by the names of their exports. */
export const SHAPES: Readonly<Record<string, Lazy>> = Object.fromEntries(
  Object.values(RESOURCES).flatMap((module) =>
    Object.entries(module).filter((entry): entry is [string, Lazy] => isLazy(entry[1])),
  ),
);

function isEndpoint(value: unknown): boolean {
  return typeof value === "object" && value !== null && "path" in value && "statuses" in value;
}
