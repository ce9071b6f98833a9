// The moment that a list shows of a flow run, and sorts it by.
import { expect, test } from "bun:test";
import { momentOf } from "#cli/flow-run/listing.ts";
import { toMillis } from "#lib/time/timestamps.ts";
import type { FlowRun } from "#wire/runs/flow-runs.ts";

const DUE = "2026-11-28T12:00:10.000000+00:00";
const CLAIMED = "2026-11-28T12:00:00.000000+00:00";

const run = (fields: object): FlowRun =>
  ({ start_time: null, end_time: null, expected_start_time: DUE, created: CLAIMED, ...fields }) as FlowRun; // what is read

test("commands 1: a run that an agent claimed ahead shows when it is due", () => {
  const claimed = run({ state_type: "PENDING", state: { timestamp: CLAIMED, state_details: {} } });
  expect(momentOf(claimed)).toBe(toMillis(DUE));
});
test("commands 1: one that has begun before, and is claimed again, shows when it began", () => {
  expect(momentOf(run({ state_type: "PENDING", start_time: CLAIMED }))).toBe(toMillis(CLAIMED));
});
test("commands 1: one that was cancelled before it was due shows when that was", () => {
  const cancelled = run({ state_type: "CANCELLED", end_time: CLAIMED });
  expect(momentOf(cancelled)).toBe(toMillis(CLAIMED));
});
