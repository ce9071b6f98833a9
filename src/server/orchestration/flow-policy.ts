// The rules of flow runs, in the order of Prefect 2.10.4's core flow policy, with one of later releases in front, and
// `queueLimit` and `overlap`, which are ours: the first verdict decides.
import type { FlowRunRecord } from "../states/run-record.ts";
import { cancellingScheduledFlowRuns } from "./rules/cancelling-scheduled-flow-runs.ts";
import { cancellingToCancelled } from "./rules/cancelling-to-cancelled.ts";
import { overlap } from "./rules/overlap.ts";
import { pausingFlowRuns } from "./rules/pausing-flow-runs.ts";
import { queueLimit } from "./rules/queue-limit.ts";
import { redundantTransitions } from "./rules/redundant-transitions.ts";
import { repeatedTransitions } from "./rules/repeated-transitions.ts";
import { resumingFlowRuns } from "./rules/resuming-flow-runs.ts";
import { retryFailedFlowRuns } from "./rules/retry-failed-flow-runs.ts";
import type { Policy } from "./rules/rule.ts";
import { copyScheduledTime, waitForScheduledTime } from "./rules/scheduled-time.ts";
import { terminalFlowRuns } from "./rules/terminal-flow-runs.ts";

export const FLOW_POLICY: Policy<FlowRunRecord> = [
  repeatedTransitions,
  terminalFlowRuns,
  cancellingToCancelled,
  cancellingScheduledFlowRuns,
  redundantTransitions,
  queueLimit,
  overlap,
  pausingFlowRuns,
  resumingFlowRuns,
  copyScheduledTime,
  waitForScheduledTime,
  retryFailedFlowRuns,
];

/** A forced state passes all rules by. */
export const FORCED_FLOW_POLICY: Policy<FlowRunRecord> = [];
