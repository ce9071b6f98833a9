// Cancelling a scheduled run that nothing executes yet needs no agent: it is Cancelled at once.
import type { FlowRunRecord } from "../../states/run-record.ts";
import { newState, type Rule, types } from "./rule.ts";

export const cancellingScheduledFlowRuns: Rule<FlowRunRecord> = {
  from: types("SCHEDULED"),
  to: types("CANCELLING"),
  before({ run, now }) {
    if (run.infrastructure_pid) return undefined;
    const reason = "Scheduled flow run has no infrastructure to terminate.";
    return { status: "REJECT", reason, replacement: newState("CANCELLED", "Cancelled", now) };
  },
};
