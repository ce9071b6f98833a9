// Computes how long a run has run and how late it started, in seconds, at the moment it is read.
import { isTerminal } from "#domain/states.ts";
import { type Timestamp, toMillis } from "#lib/time/timestamps.ts";
import type { StateType } from "#wire/runs/states.ts";

export interface RunTimes {
  state_type: StateType | null;
  state_timestamp: Timestamp | null;
  start_time: Timestamp | null;
  expected_start_time: Timestamp | null;
  total_run_time: number;
}

/** `now` in milliseconds. */
export function estimatedRunTime(run: RunTimes, now: number): number {
  if (run.state_type !== "RUNNING" || !run.state_timestamp) return run.total_run_time;
  return toMicroseconds(run.total_run_time + Math.max(0, now - toMillis(run.state_timestamp)) / 1000);
}

/** How much later than expected the run started, or is about to start. */
export function estimatedStartTimeDelta(run: RunTimes, now: number): number {
  if (!run.expected_start_time) return 0;
  const expected = toMillis(run.expected_start_time);
  if (run.start_time) return toMicroseconds(Math.max(0, toMillis(run.start_time) - expected) / 1000);
  return isTerminal(run.state_type) ? 0 : toMicroseconds(Math.max(0, now - expected) / 1000);
}

/** Seconds as they were meant: sums have digits that say nothing, and a number of 17 digits is slow to read exactly. */
export function toMicroseconds(seconds: number): number {
  return Math.round(seconds * 1e6) / 1e6;
}
