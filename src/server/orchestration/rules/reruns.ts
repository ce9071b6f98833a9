// A task run that runs again says so in its name, and remembers at which run of its flow that was.
import { ANY, type Rule, type TaskRunRecord, types } from "../rule.ts";

export const renameReruns: Rule<TaskRunRecord> = {
  from: ANY,
  to: types("RUNNING"),
  before({ run, initial, proposed }) {
    if (run.run_count > 0) proposed.name = initial?.name === "AwaitingRetry" ? "Retrying" : "Rerunning";
    return undefined;
  },
};

export const rememberFlowRunCount: Rule<TaskRunRecord> = {
  from: ANY,
  to: types("RUNNING"),
  after({ tx, run }) {
    const flowRun = tx.get<{ run_count: number }>("select run_count from flow_run where id = ?", run.flow_run_id);
    run.flow_run_run_count = flowRun?.run_count ?? 0;
  },
};
