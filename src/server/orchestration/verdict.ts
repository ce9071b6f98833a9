// An orchestration verdict as it travels.
import type { OrchestrationResult } from "#wire/runs/states.ts";
import type { Outcome } from "./orchestrate.ts";

/** `stored` says whether a state was written: the answer is 201 then, else 200. */
export interface Proposed extends OrchestrationResult {
  stored: boolean;
}

/** The state a run is left in travels without its result, as on the old server. */
function withoutData(state: Outcome["state"]): Outcome["state"] {
  return state && { ...state, data: null };
}

export function proposedOf({ verdict, state, stored }: Outcome): Proposed {
  switch (verdict.status) {
    case "ACCEPT":
      return { state, status: "ACCEPT", details: { type: "accept_details" }, stored };
    case "REJECT":
      return { state, status: "REJECT", details: { type: "reject_details", reason: verdict.reason }, stored };
    case "ABORT":
      return {
        state: withoutData(state),
        status: "ABORT",
        details: { type: "abort_details", reason: verdict.reason },
        stored,
      };
    case "WAIT": {
      const { delay_seconds, reason } = verdict;
      return {
        state: withoutData(state),
        status: "WAIT",
        details: { type: "wait_details", delay_seconds, reason },
        stored,
      };
    }
  }
}
