// The rules of task runs, in the order of Prefect 2.10.4's core task policy: the first verdict decides. The one
// about crashes is orch's own.
import type { TaskRunRecord } from "../states/run-record.ts";
import { cacheInsertion, cacheRetrieval } from "./rules/cache-retrieval.ts";
import { crashesOfCancelledFlows } from "./rules/crashes-of-cancelled-flows.ts";
import { rememberFlowRunCount, renameReruns } from "./rules/reruns.ts";
import { retryFailedTaskRuns } from "./rules/retry-failed-task-runs.ts";
import type { Policy } from "./rules/rule.ts";
import { copyScheduledTime, waitForScheduledTime } from "./rules/scheduled-time.ts";
import { releaseConcurrencySlots, secureConcurrencySlots } from "./rules/task-concurrency.ts";
import { tasksOfStoppedFlows } from "./rules/tasks-of-stopped-flows.ts";
import { terminalTaskRuns } from "./rules/terminal-task-runs.ts";

export const TASK_POLICY: Policy<TaskRunRecord> = [
  cacheRetrieval,
  terminalTaskRuns,
  crashesOfCancelledFlows,
  tasksOfStoppedFlows,
  secureConcurrencySlots,
  copyScheduledTime,
  waitForScheduledTime,
  retryFailedTaskRuns,
  renameReruns,
  rememberFlowRunCount,
  cacheInsertion,
  releaseConcurrencySlots,
];

/** A forced state still gives back the slots of its run. */
export const FORCED_TASK_POLICY: Policy<TaskRunRecord> = [releaseConcurrencySlots];
