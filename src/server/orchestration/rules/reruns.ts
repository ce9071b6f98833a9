// A task run that runs again says so in its name, and remembers at which run of its flow that was.
import type { TaskRunRecord } from "../../states/run-record.ts";
import { ANY, type Rule, types } from "./rule.ts";

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
  after({ run }) {
    run.flow_run_run_count = run.enclosing_run_count;
  },
};
