import { describe, expect, test } from "bun:test";
import { keepBooks } from "#server/orchestration/bookkeeping.ts";
import { newState } from "#server/orchestration/rules/rule.ts";
import { newRunRecord, type RunRecord } from "#server/states/run-record.ts";
import type { StateType } from "#wire/runs/states.ts";

const at = (seconds: number) => `2026-11-23T12:00:${String(seconds).padStart(2, "0")}.000000+00:00`;

type Step = [type: StateType, second: number, scheduled?: number];

/** A run after it went through the states, one after the other. */
function after(...steps: Step[]): RunRecord {
  const run = newRunRecord("r");
  let leaving: { type: StateType; timestamp: string } | null = null;
  for (const [type, second, scheduled] of steps) {
    const details = scheduled === undefined ? {} : { scheduled_time: at(scheduled) };
    const entering = newState(type, `${type}!`, at(second), { details });
    keepBooks(run, leaving, entering);
    leaving = entering;
  }
  return run;
}

const cases: [what: string, steps: Step[], expected: Partial<RunRecord>][] = [
  [
    "type, name and time are those of the new state",
    [["PENDING", 1]],
    { state_type: "PENDING", state_name: "PENDING!", state_timestamp: at(1) },
  ],
  [
    "a run that has not run has no times",
    [["PENDING", 1]],
    { start_time: null, end_time: null, run_count: 0, total_run_time: 0 },
  ],
  [
    "a scheduled run is expected at its time, and due then",
    [["SCHEDULED", 1, 30]],
    { expected_start_time: at(30), next_scheduled_start_time: at(30) },
  ],
  [
    "another is expected when it is made, and never due",
    [["PENDING", 1]],
    { expected_start_time: at(1), next_scheduled_start_time: null },
  ],
  [
    "leaving Scheduled, it is due no more, but expected as before",
    [
      ["SCHEDULED", 1, 30],
      ["PENDING", 2],
    ],
    { expected_start_time: at(30), next_scheduled_start_time: null },
  ],
  [
    "scheduled again, it is due again, but expected as at first",
    [
      ["SCHEDULED", 1, 30],
      ["RUNNING", 31],
      ["SCHEDULED", 32, 40],
    ],
    { expected_start_time: at(30), next_scheduled_start_time: at(40) },
  ],
  [
    "it starts when it first runs, and counts its runs",
    [
      ["RUNNING", 5],
      ["SCHEDULED", 6, 8],
      ["RUNNING", 9],
    ],
    { start_time: at(5), run_count: 2 },
  ],
  [
    "entering Running from Running counts too",
    [
      ["RUNNING", 5],
      ["RUNNING", 7],
    ],
    { run_count: 2, total_run_time: 2, start_time: at(5) },
  ],
  [
    "only time spent running adds up",
    [
      ["RUNNING", 5],
      ["PAUSED", 7],
      ["RUNNING", 20],
      ["COMPLETED", 21],
    ],
    { total_run_time: 3 },
  ],
  [
    "it ends when it first ends",
    [
      ["RUNNING", 5],
      ["FAILED", 7],
      ["CRASHED", 9],
    ],
    { end_time: at(7) },
  ],
  [
    "a run that never ran has no end",
    [
      ["PENDING", 1],
      ["CANCELLED", 2],
    ],
    { end_time: null },
  ],
  [
    "started again it has no end, and then a new one",
    [
      ["RUNNING", 5],
      ["FAILED", 7],
      ["SCHEDULED", 8, 9],
    ],
    { end_time: null },
  ],
  [
    "a new end takes the place of the old one",
    [
      ["RUNNING", 5],
      ["FAILED", 7],
      ["SCHEDULED", 8, 9],
      ["RUNNING", 10],
      ["COMPLETED", 14],
    ],
    { end_time: at(14), total_run_time: 6, run_count: 2 },
  ],
];

describe("bookkeeping", () => {
  for (const [what, steps, expected] of cases) {
    test(what, () => expect(after(...steps)).toMatchObject(expected));
  }

  test("a run that resumes after a rescheduled pause is not counted again", () => {
    const run = after(["RUNNING", 5], ["PAUSED", 6], ["SCHEDULED", 7, 7]);
    const paused = newState("SCHEDULED", "Resuming", at(7));
    keepBooks(run, paused, newState("RUNNING", "Running", at(8)), false);
    expect(run).toMatchObject({ run_count: 1, state_type: "RUNNING", start_time: at(5) });
  });

  test("microseconds add up", () => {
    const run = newRunRecord("r");
    const running = newState("RUNNING", "Running", "2026-11-23T12:00:00.000001+00:00");
    keepBooks(run, null, running);
    keepBooks(run, running, newState("COMPLETED", "Completed", "2026-11-23T12:00:01.250002+00:00"));
    expect(run.total_run_time).toBe(1.250001);
  });
});
