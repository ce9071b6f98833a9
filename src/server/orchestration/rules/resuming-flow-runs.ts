// A paused run resumes in time, in its process or by a new one, or it ends.
import { isTerminal } from "#domain/states.ts";
import type { FlowRunRecord } from "../../states/run-record.ts";
import { ANY, newState, type Rule, types } from "./rule.ts";

export const resumingFlowRuns: Rule<FlowRunRecord> = {
  from: types("PAUSED"),
  to: ANY,
  before({ initial, proposed, run, now }) {
    if (!["RUNNING", "SCHEDULED"].includes(proposed.type) && !isTerminal(proposed.type)) {
      const reason = `This run cannot transition to the StateType.${proposed.type} state from the StateType.PAUSED state.`;
      return { status: "REJECT", reason };
    }
    const { pause_reschedule, pause_timeout } = initial?.state_details ?? {};
    if (pause_reschedule && !run.deployment_id) {
      return { status: "REJECT", reason: "Cannot reschedule a paused flow run without a deployment." };
    }
    if (!pause_timeout || pause_timeout >= now) return undefined;
    return {
      status: "REJECT",
      reason: "The flow run pause has timed out and can no longer resume.",
      replacement: newState("FAILED", "Failed", now, { message: "The flow was paused and never resumed." }),
    };
  },
  after({ run }) {
    run.empirical_policy = { ...run.empirical_policy, resuming: true };
  },
};
