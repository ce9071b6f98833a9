// A task run that has ended stays ended, unless its flow run was retried since.
import { ANY, type Rule, type TaskRunRecord, TERMINAL } from "../rule.ts";

export const terminalTaskRuns: Rule<TaskRunRecord> = {
  from: TERMINAL,
  to: ANY,
  before({ tx, run, initial, proposed, undo }) {
    const failed = initial?.type === "FAILED" || initial?.type === "CRASHED" || initial?.type === "CANCELLED";
    const flowRun = tx.get<{ run_count: number }>("select run_count from flow_run where id = ?", run.flow_run_id);
    if (proposed.type !== "RUNNING" || !failed || run.flow_run_run_count >= (flowRun?.run_count ?? 0)) {
      return { status: "ABORT", reason: "This run has already terminated." };
    }
    const count = run.run_count;
    undo.push(() => {
      run.run_count = count;
    });
    run.run_count = 0;
    proposed.name = "Retrying";
    return undefined;
  },
};
