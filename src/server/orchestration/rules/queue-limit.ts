// Aborts a claim of orch's agents while the run's work queue or pool is full. Prefect's agents keep to the limits by what they are
// offered, as on Prefect 2.10.4; agents of orch claim one run at a time, so a limit that is checked with the claim is never exceeded.
import type { FlowRunRecord } from "../../states/run-record.ts";
import { fullLimitOf } from "../../work-queues/slots.ts";
import { type Rule, types } from "./rule.ts";

export const queueLimit: Rule<FlowRunRecord> = {
  from: types("SCHEDULED"),
  to: types("PENDING"),
  before({ tx, run, keepsLimits }) {
    const full = keepsLimits ? fullLimitOf(tx, run.id) : undefined;
    return full === undefined ? undefined : { status: "ABORT", reason: `The concurrency limit of ${full} is reached.` };
  },
};
