// A failed task run with retries left is scheduled again, after its delay.
import { type Random, systemRandom } from "#lib/random.ts";
import { toMillis, toTimestamp } from "#lib/time/timestamps.ts";
import type { TaskRunPolicy } from "#wire/runs/task-runs.ts";
import type { TaskRunRecord } from "../../states/run-record.ts";
import { newState, type Rule, types } from "./rule.ts";

export const retryFailedTaskRuns: Rule<TaskRunRecord> = {
  from: types("RUNNING"),
  to: types("FAILED"),
  before({ run, proposed, now }) {
    const { retries } = run.empirical_policy;
    if (retries === null || run.run_count > retries || proposed.state_details.retriable === false) return undefined;
    const delay = retryDelay(run.empirical_policy, run.run_count, systemRandom);
    const scheduled_time = toTimestamp(toMillis(now) + delay * 1000);
    const { message, data } = proposed;
    const replacement = newState("SCHEDULED", "AwaitingRetry", now, { message, data, details: { scheduled_time } });
    return { status: "REJECT", reason: "Retrying", replacement };
  },
};

/** Seconds until the retry that follows run number `runCount`. A list gives each delay, its last one the rest. */
export function retryDelay(policy: TaskRunPolicy, runCount: number, random: Random): number {
  const { retry_delay, retry_jitter_factor } = policy;
  const base = Array.isArray(retry_delay)
    ? (retry_delay[Math.min(runCount - 1, retry_delay.length - 1)] ?? 0)
    : (retry_delay ?? 0);
  return retry_jitter_factor ? jittered(base, retry_jitter_factor, random) : base;
}

/** Drawn from an exponential distribution of mean `base`, cut so that it stays near it (Prefect 2.10.4, `clamped_poisson`). */
function jittered(base: number, factor: number, random: Random): number {
  const power = 2 ** (1 + factor);
  const least = base * Math.log2(power / (power - 1));
  const most = base * (1 + factor);
  const from = 1 - Math.exp(-least / base);
  const to = 1 - Math.exp(-most / base);
  return base === 0 ? 0 : -Math.log(1 - (from + random() * (to - from))) * base;
}
