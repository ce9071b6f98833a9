// What a stored transition changes on its run: counts and times. Pure; the same for flow runs and task runs, forced or not.
import { isTerminal } from "#domain/states.ts";
import { toMillis } from "#lib/time/timestamps.ts";
import type { State } from "#wire/runs/states.ts";
import { toMicroseconds } from "../kernel/run-times.ts";
import type { RunRecord } from "../states/run-record.ts";
import type { NewState } from "../states/store.ts";

type Leaving = Pick<State, "type" | "timestamp"> | null;

/** Changes `run` in place. `countsRun` is false for a run that resumes after a rescheduled pause. */
export function keepBooks(run: RunRecord, leaving: Leaving, entering: NewState, countsRun = true): void {
  const { type, name, timestamp } = entering;
  const scheduled = type === "SCHEDULED" ? entering.state_details.scheduled_time : null;

  run.state_type = type;
  run.state_name = name;
  run.state_timestamp = timestamp;
  if (type === "RUNNING") run.start_time ??= timestamp;
  if (isTerminal(leaving?.type ?? null) && !isTerminal(type)) run.end_time = null;
  if (isTerminal(type) && run.start_time) run.end_time ??= timestamp;
  if (leaving?.type === "RUNNING") {
    const ran = (toMillis(timestamp) - toMillis(leaving.timestamp)) / 1000;
    run.total_run_time = toMicroseconds(run.total_run_time + ran);
  }
  run.expected_start_time ??= scheduled ?? timestamp;
  run.next_scheduled_start_time = scheduled;
  if (type === "RUNNING" && countsRun) run.run_count += 1;
}
