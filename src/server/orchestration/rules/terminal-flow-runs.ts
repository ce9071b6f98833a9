// A flow run that has ended stays ended, unless it is restarted: AwaitingRetry, for runs of a deployment.
import type { FlowRunRecord } from "../../states/run-record.ts";
import { ANY, type Rule, TERMINAL } from "./rule.ts";

export const terminalFlowRuns: Rule<FlowRunRecord> = {
  from: TERMINAL,
  to: ANY,
  before({ proposed, run, undo }) {
    if (proposed.type !== "SCHEDULED" || proposed.name !== "AwaitingRetry") {
      return { status: "ABORT", reason: "This run has already terminated." };
    }
    if (!run.deployment_id) {
      return { status: "ABORT", reason: "Cannot restart a run without an associated deployment." };
    }
    const policy = run.empirical_policy;
    undo.push(() => {
      run.empirical_policy = policy;
    });
    run.empirical_policy = { ...policy, resuming: false, pause_keys: [] };
    return undefined;
  },
};
