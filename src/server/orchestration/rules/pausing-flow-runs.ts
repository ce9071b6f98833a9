// Only a running flow pauses, each pause once; a pause that ends the process needs a deployment to come back from.
import { newId } from "#lib/ids.ts";
import type { FlowRunRecord } from "../../states/run-record.ts";
import { ANY, type Rule, type Transition, types, type Verdict } from "./rule.ts";

export const pausingFlowRuns: Rule<FlowRunRecord> = {
  from: ANY,
  to: types("PAUSED"),
  before(transition) {
    const { initial, proposed, run } = transition;
    if (!initial) return { status: "ABORT", reason: "Cannot pause flows with no state." };
    if (initial.type !== "RUNNING") {
      return { status: "REJECT", reason: "Cannot pause flows that are not currently running." };
    }
    proposed.state_details.pause_key ??= newId();
    if (run.empirical_policy.pause_keys?.includes(proposed.state_details.pause_key)) {
      return { status: "REJECT", reason: "This pause has already fired." };
    }
    return proposed.state_details.pause_reschedule ? refuseReschedule(transition) : undefined;
  },
  after({ proposed, run }) {
    const keys = [...(run.empirical_policy.pause_keys ?? []), proposed.state_details.pause_key ?? ""];
    run.empirical_policy = { ...run.empirical_policy, pause_keys: keys };
  },
};

function refuseReschedule({ run }: Transition<FlowRunRecord>): Verdict | undefined {
  if (run.parent_task_run_id) {
    return { status: "ABORT", reason: "Cannot pause subflows with the reschedule option." };
  }
  if (!run.deployment_id) {
    return { status: "ABORT", reason: "Cannot pause flows without a deployment with the reschedule option." };
  }
  return undefined;
}
