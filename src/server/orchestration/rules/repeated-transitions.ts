// A client of Prefect 2.14 and later that lost an answer proposes the same again, with the same mark: it has happened by then.
import type { FlowRunRecord } from "../../states/run-record.ts";
import { ANY, type Rule } from "./rule.ts";

export const repeatedTransitions: Rule<FlowRunRecord> = {
  from: ANY,
  to: ANY,
  before({ initial, proposed }) {
    const { transition_id } = proposed.state_details;
    if (!transition_id || initial?.state_details.transition_id !== transition_id) return undefined;
    return { status: "REJECT", reason: "This run has already made this state transition." };
  },
};
