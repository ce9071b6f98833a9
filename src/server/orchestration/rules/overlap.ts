// A deployment's overlap and catch-up policies guard the claim, so every agent and worker obeys them. What else they ask for (a run
// that has to make room, a word to the one that waits) is done by loops/run-policies.ts.

import { decideStart } from "../../run-policies/start-decision.ts";
import type { FlowRunRecord } from "../../states/run-record.ts";
import { newState, type Rule, types } from "./rule.ts";

export const overlap: Rule<FlowRunRecord> = {
  from: types("SCHEDULED"),
  to: types("PENDING"),
  before({ tx, run, now }) {
    if (run.deployment_id === null) return undefined;
    const decision = decideStart(tx, run.id, run.deployment_id, now);
    if (decision.action === "start") return undefined;
    const { message } = decision;
    if (decision.action === "wait") return { status: "ABORT", reason: message };
    return { status: "REJECT", reason: message, replacement: newState("CANCELLED", "Skipped", now, { message }) };
  },
};
