// A task run that has ended stays ended, unless its flow run was retried since.
import type { TaskRunRecord } from "../../states/run-record.ts";
import { ANY, type Rule, TERMINAL } from "./rule.ts";

export const terminalTaskRuns: Rule<TaskRunRecord> = {
  from: TERMINAL,
  to: ANY,
  before({ run, initial, proposed, undo }) {
    const failed = initial?.type === "FAILED" || initial?.type === "CRASHED" || initial?.type === "CANCELLED";
    if (proposed.type !== "RUNNING" || !failed || run.flow_run_run_count >= run.enclosing_run_count) {
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
