// A flow run only moves forward. This is what lets one agent win: the second Pending is aborted.
import type { StateType } from "#wire/runs/states.ts";
import type { FlowRunRecord } from "../../states/run-record.ts";
import { type Rule, types } from "./rule.ts";

const PROGRESS: Partial<Record<StateType, number>> = { SCHEDULED: 1, PENDING: 2, RUNNING: 3, CANCELLING: 4 };
const ORDERED = types(null, "SCHEDULED", "PENDING", "RUNNING", "CANCELLING");

export const redundantTransitions: Rule<FlowRunRecord> = {
  from: ORDERED,
  to: ORDERED,
  before({ initial, proposed }) {
    const from = initial ? (PROGRESS[initial.type] ?? 0) : 0;
    if ((PROGRESS[proposed.type] ?? 0) > from) return undefined;
    const now = initial ? `StateType.${initial.type}` : "None";
    const reason = `This run cannot transition to the StateType.${proposed.type} state from the ${now} state.`;
    return { status: "ABORT", reason };
  },
};
