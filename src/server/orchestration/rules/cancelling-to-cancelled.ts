// A run that is being cancelled can only become Cancelled. A subflow of another run's process has no agent that would
// say so when it is over: its own end, whatever it reports, is the end of its cancellation.
import { isTerminal } from "#domain/states.ts";
import type { FlowRunRecord } from "../../states/run-record.ts";
import { anyBut, newState, type Rule, types } from "./rule.ts";

const REASON = "Cannot transition flows that are cancelling to a state other than Cancelled.";

export const cancellingToCancelled: Rule<FlowRunRecord> = {
  from: types("CANCELLED", "CANCELLING"),
  to: anyBut("CANCELLED"),
  before({ run, initial, proposed, now }) {
    const isOver = isTerminal(proposed.type) && run.parent_task_run_id !== null && run.deployment_id === null;
    if (!isOver) return { status: "REJECT", reason: REASON };
    const message = initial?.message ?? null;
    return { status: "REJECT", reason: REASON, replacement: newState("CANCELLED", "Cancelled", now, { message }) };
  },
};
