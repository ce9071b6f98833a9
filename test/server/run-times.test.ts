import { describe, expect, test } from "bun:test";
import { toMillis } from "#lib/timestamps.ts";
import { estimatedRunTime, estimatedStartTimeDelta, type RunTimes } from "#server/run-times.ts";

const at = (seconds: number) => `2026-11-23T12:00:${String(seconds).padStart(2, "0")}.000000+00:00`;
const NOW = toMillis(at(30));
const RUN: RunTimes = {
  state_type: "PENDING",
  state_timestamp: at(0),
  start_time: null,
  expected_start_time: null,
  total_run_time: 0,
};

describe("the estimated run time", () => {
  const cases: [string, Partial<RunTimes>, number][] = [
    ["of a run that waits is what it has run", { total_run_time: 4 }, 4],
    ["of a running one grows", { state_type: "RUNNING", state_timestamp: at(20) }, 10],
    ["of one that runs again adds up", { state_type: "RUNNING", state_timestamp: at(20), total_run_time: 2.5 }, 12.5],
    ["never shrinks when clocks disagree", { state_type: "RUNNING", state_timestamp: at(40), total_run_time: 2 }, 2],
    ["of a running one without a time is what it has run", { state_type: "RUNNING", state_timestamp: null }, 0],
  ];
  for (const [what, run, expected] of cases) {
    test(what, () => expect(estimatedRunTime({ ...RUN, ...run }, NOW)).toBe(expected));
  }
});

describe("the delay of the start", () => {
  const cases: [string, Partial<RunTimes>, number][] = [
    ["of a run that nobody expects is nothing", {}, 0],
    ["is how much later it started", { expected_start_time: at(10), start_time: at(13) }, 3],
    ["of one that started early is nothing", { expected_start_time: at(10), start_time: at(9) }, 0],
    ["grows while it waits", { expected_start_time: at(10) }, 20],
    ["is nothing before its time", { expected_start_time: at(50) }, 0],
    ["of one that ended without starting is nothing", { expected_start_time: at(10), state_type: "CANCELLED" }, 0],
  ];
  for (const [what, run, expected] of cases) {
    test(what, () => expect(estimatedStartTimeDelta({ ...RUN, ...run }, NOW)).toBe(expected));
  }
});
