// Schedules between user code and the wire.
import { describe, expect, test } from "bun:test";
import { type Schedule, scheduleFromWire, scheduleToWire } from "#sdk/deployments/schedules.ts";

const pairs: [ours: Schedule, wire: object][] = [
  [{ cron: "0 0 * * *" }, { cron: "0 0 * * *" }],
  [
    { cron: "0 0 1 * 1", timezone: "Europe/Berlin", dayOr: false },
    { cron: "0 0 1 * 1", timezone: "Europe/Berlin", day_or: false },
  ],
  [
    { interval: 3600, anchorDate: "2026-01-01T00:00:00Z", timezone: "UTC" },
    { interval: 3600, anchor_date: "2026-01-01T00:00:00Z", timezone: "UTC" },
  ],
  [
    { rrule: "FREQ=DAILY", timezone: "UTC" },
    { rrule: "FREQ=DAILY", timezone: "UTC" },
  ],
];
for (const [ours, wire] of pairs) {
  test(`${JSON.stringify(ours)} there and back`, () => {
    expect<unknown>(scheduleToWire(ours)).toEqual(wire);
    expect(scheduleFromWire(scheduleToWire(ours))).toEqual(ours);
  });
}

test("a Date is an anchor, null is nothing", () => {
  const anchorDate = new Date("2026-01-01T00:00:00Z");
  expect<unknown>(scheduleToWire({ interval: 60, anchorDate, timezone: null })).toEqual({
    interval: 60,
    anchor_date: "2026-01-01T00:00:00.000Z",
  });
});

describe("what is no schedule", () => {
  for (const given of [{}, { cron: "* * * * *", interval: 60 }, "0 0 * * *", { timezone: "UTC" }]) {
    test(JSON.stringify(given), () => {
      expect(() => scheduleToWire(given as Schedule)).toThrow("A schedule has one of 'cron', 'interval' (seconds) and");
    });
  }
});
