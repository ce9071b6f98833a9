// Tasks start only while their flow run is running.
import type { TaskRunRecord } from "../../states/run-record.ts";
import { ANY, newState, type Rule, types } from "./rule.ts";

export const tasksOfStoppedFlows: Rule<TaskRunRecord> = {
  from: ANY,
  to: types("RUNNING"),
  before({ run, now }) {
    if (run.enclosing_state_type === "RUNNING") return undefined;
    if (run.enclosing_state_type !== "PAUSED") {
      return { status: "ABORT", reason: "The enclosing flow must be running to begin task execution." };
    }
    const reason = `The flow is paused, new tasks can execute after resuming flow run: ${run.flow_run_id}.`;
    return { status: "REJECT", reason, replacement: newState("PAUSED", "NotReady", now) };
  },
};
