// The process of a run that is being cancelled is ended by a signal, and reports its tasks as crashed: they were cancelled.
import type { TaskRunRecord } from "../../states/run-record.ts";
import { ANY, newState, type Rule, types } from "./rule.ts";

export const PARENT_CANCELLED = "The parent flow run was cancelled.";

export const crashesOfCancelledFlows: Rule<TaskRunRecord> = {
  from: ANY,
  to: types("CRASHED"),
  before({ run, now }) {
    if (run.enclosing_state_type !== "CANCELLING" && run.enclosing_state_type !== "CANCELLED") return undefined;
    const replacement = newState("CANCELLED", "Cancelled", now, { message: PARENT_CANCELLED });
    return { status: "REJECT", reason: PARENT_CANCELLED, replacement };
  },
};
