import { describe, expect, test } from "bun:test";
import { EMPTY_DETAILS } from "#domain/states.ts";
import { proposalOf, stateFrom, timestampAfter } from "#server/orchestration/proposal.ts";

const NOON = "2026-11-23T12:00:00.000000+00:00";

describe("a state's timestamp", () => {
  const cases: [string, before: string | null, expected: string][] = [
    ["is now", null, NOON],
    ["is now when the state before is older", "2026-11-23T11:59:59.999999+00:00", NOON],
    ["is a microsecond later when both fall together", NOON, "2026-11-23T12:00:00.000001+00:00"],
    [
      "keeps the order when the clock went back",
      "2026-11-23T13:00:00.000999+00:00",
      "2026-11-23T13:00:00.001000+00:00",
    ],
  ];
  for (const [what, before, expected] of cases) {
    test(what, () => expect(timestampAfter(NOON, before === null ? null : { timestamp: before })).toBe(expected));
  }
});

describe("a proposal becomes a state", () => {
  const made = (input: Parameters<typeof proposalOf>[0]) => stateFrom(proposalOf(input), NOON, { flow_run_id: "f" });

  test("with the server's time, whatever the client says", () => {
    const state = made({ type: "RUNNING", timestamp: "2020-01-01T00:00:00Z", id: crypto.randomUUID() });
    expect(state).toEqual({
      type: "RUNNING",
      name: "Running",
      timestamp: NOON,
      message: null,
      data: undefined,
      state_details: { ...EMPTY_DETAILS, flow_run_id: "f" },
    });
  });

  test("with the name it was given", () => expect(made({ type: "FAILED", name: "TimedOut" }).name).toBe("TimedOut"));

  test("scheduled for now when it does not say when", () => {
    expect(made({ type: "SCHEDULED" }).state_details.scheduled_time).toBe(NOON);
    expect(made({ type: "PENDING" }).state_details.scheduled_time).toBeNull();
  });

  test("scheduled for its time when it does", () => {
    const scheduled_time = "2027-01-01T00:00:00+01:00";
    const state = made({ type: "SCHEDULED", state_details: { scheduled_time } });
    expect(state.state_details.scheduled_time).toBe("2026-12-31T23:00:00.000000+00:00");
  });
});
