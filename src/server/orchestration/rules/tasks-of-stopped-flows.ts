// Tasks start only while their flow run is running.
import type { StateType } from "#wire/states.ts";
import { ANY, newState, type Rule, type TaskRunRecord, types } from "../rule.ts";

export const tasksOfStoppedFlows: Rule<TaskRunRecord> = {
  from: ANY,
  to: types("RUNNING"),
  before({ tx, run, now }) {
    const flowRun = tx.get<{ state_type: StateType | null }>(
      "select state_type from flow_run where id = ?",
      run.flow_run_id,
    );
    if (flowRun?.state_type === "RUNNING") return undefined;
    if (flowRun?.state_type !== "PAUSED") {
      return { status: "ABORT", reason: "The enclosing flow must be running to begin task execution." };
    }
    const reason = `The flow is paused, new tasks can execute after resuming flow run: ${run.flow_run_id}.`;
    return { status: "REJECT", reason, replacement: newState("PAUSED", "NotReady", now) };
  },
};
