import { describe, expect, test } from "bun:test";
import { toMillis } from "#lib/time/timestamps.ts";
import { estimatedRunTime, estimatedStartTimeDelta, type RunTimes } from "#server/kernel/run-times.ts";

const at = (seconds: number) => `2026-11-23T12:00:${String(seconds).padStart(2, "0")}.000000+00:00`;
const now = toMillis(at(30));

const run = (fields: Partial<RunTimes>): RunTimes => ({
  state_type: "SCHEDULED",
  state_timestamp: at(0),
  start_time: null,
  expected_start_time: at(10),
  total_run_time: 0,
  ...fields,
});

describe("how long a run has run", () => {
  const cases: [title: string, fields: Partial<RunTimes>, seconds: number][] = [
    ["nothing before it starts", {}, 0],
    ["what it has run so far, while it runs", { state_type: "RUNNING", state_timestamp: at(20) }, 10],
    ["earlier attempts too", { state_type: "RUNNING", state_timestamp: at(20), total_run_time: 5 }, 15],
    ["what it has run, once it is over", { state_type: "COMPLETED", total_run_time: 7.5 }, 7.5],
    ["never less than nothing, whatever the clock does", { state_type: "RUNNING", state_timestamp: at(45) }, 0],
  ];
  for (const [title, fields, seconds] of cases) {
    test(title, () => expect(estimatedRunTime(run(fields), now)).toBe(seconds));
  }
});

describe("how late a run is", () => {
  const cases: [title: string, fields: Partial<RunTimes>, seconds: number][] = [
    ["as long as it waits", {}, 20],
    ["as late as it started", { state_type: "RUNNING", start_time: at(13) }, 3],
    ["not at all when it started early", { state_type: "RUNNING", start_time: at(9) }, 0],
    ["not at all before its time", { expected_start_time: at(40) }, 0],
    ["not at all when it ended without starting", { state_type: "CANCELLED" }, 0],
    ["not at all without an expected time", { expected_start_time: null }, 0],
  ];
  for (const [title, fields, seconds] of cases) {
    test(title, () => expect(estimatedStartTimeDelta(run(fields), now)).toBe(seconds));
  }
});
