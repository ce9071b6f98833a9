// All scenarios, one for each resource, and where the old server's answers lie.
import { blocks } from "./scenarios/blocks.ts";
import { deployments } from "./scenarios/deployments.ts";
import { flowRuns } from "./scenarios/flow-runs.ts";
import { flows } from "./scenarios/flows.ts";
import { history } from "./scenarios/history.ts";
import { artifacts, logs } from "./scenarios/records.ts";
import { administration, concurrencyLimits, savedSearches, variables } from "./scenarios/small.ts";
import { taskRuns } from "./scenarios/task-runs.ts";
import { workPools, workQueues } from "./scenarios/work.ts";
import type { Scenario } from "./talk.ts";

export const SCENARIOS: Readonly<Record<string, Scenario>> = {
  flows,
  deployments,
  "flow-runs": flowRuns,
  "task-runs": taskRuns,
  history,
  "work-pools": workPools,
  "work-queues": workQueues,
  blocks,
  "concurrency-limits": concurrencyLimits,
  variables,
  artifacts,
  logs,
  "saved-searches": savedSearches,
  administration,
};

export function answersPath(name: string): string {
  return `${import.meta.dir}/answers/${name}.jsonl`;
}
