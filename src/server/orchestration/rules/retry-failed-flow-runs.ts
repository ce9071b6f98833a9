// A failed flow run with retries left is scheduled again.
import { toMillis, toTimestamp } from "#lib/time/timestamps.ts";
import type { FlowRunRecord } from "../../states/run-record.ts";
import { newState, type Rule, types } from "./rule.ts";

export const retryFailedFlowRuns: Rule<FlowRunRecord> = {
  from: types("RUNNING"),
  to: types("FAILED"),
  before({ run, proposed, now }) {
    const { retries, retry_delay } = run.empirical_policy;
    if (retries === null || run.run_count > retries) return undefined;
    const scheduled_time = toTimestamp(toMillis(now) + (retry_delay ?? 0) * 1000);
    run.empirical_policy = { ...run.empirical_policy, resuming: false, pause_keys: [] };
    const { message, data } = proposed;
    const replacement = newState("SCHEDULED", "AwaitingRetry", now, { message, data, details: { scheduled_time } });
    return { status: "REJECT", reason: "Retrying", replacement };
  },
};
