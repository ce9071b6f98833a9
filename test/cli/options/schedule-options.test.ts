import { expect, test } from "bun:test";
import { splitPair } from "#cli/options/json-arguments.ts";
import { readSchedule, type ScheduleFlags } from "#cli/options/schedule-options.ts";

const NONE: ScheduleFlags = {
  cron: undefined,
  interval: undefined,
  "anchor-date": undefined,
  rrule: undefined,
  timezone: undefined,
};

const READ: [flags: Partial<ScheduleFlags>, schedule: object | undefined][] = [
  [{}, undefined],
  [{ timezone: "Europe/Berlin" }, undefined],
  [{ cron: "0 9 * * *" }, { cron: "0 9 * * *", timezone: null, day_or: true }],
  [{ cron: "0 9 * * *", timezone: "Europe/Berlin" }, { timezone: "Europe/Berlin" }],
  [{ interval: "60" }, { interval: 60, timezone: "UTC" }],
  [
    { interval: "60", "anchor-date": "2026-01-01T00:00:00Z" },
    { anchor_date: expect.stringContaining("2026-01-01T00:00:00") },
  ],
  [{ rrule: "FREQ=DAILY" }, { rrule: "FREQ=DAILY", timezone: "UTC" }],
  [
    { rrule: '{"rrule": "FREQ=DAILY", "timezone": "Europe/Berlin"}' },
    { rrule: "FREQ=DAILY", timezone: "Europe/Berlin" },
  ],
  [{ rrule: '{"rrule": "FREQ=DAILY"}', timezone: "Asia/Tokyo" }, { timezone: "Asia/Tokyo" }],
];
for (const [flags, schedule] of READ) {
  test(`${JSON.stringify(flags)} is ${JSON.stringify(schedule)}`, () => {
    const read = readSchedule({ ...NONE, ...flags });
    if (schedule === undefined) expect(read).toBeUndefined();
    else expect(read).toMatchObject(schedule);
  });
}

const REFUSED: [flags: Partial<ScheduleFlags>, sentence: string][] = [
  [{ cron: "* * * * *", interval: "5" }, "Only one schedule type can be provided."],
  [{ "anchor-date": "2026-01-01" }, "An anchor date can only be provided with an interval schedule"],
  [{ cron: "61 * * * *" }, 'Invalid cron string: "61 * * * *"'],
  [{ interval: "soon" }, "not 'soon'"],
  [{ interval: "0" }, "The interval must be positive"],
  [{ interval: "5", "anchor-date": "soon" }, "The anchor date must be a valid date string, not 'soon'."],
  [{ rrule: "FREQ=NEVER" }, 'Invalid RRule string "FREQ=NEVER"'],
  [{ rrule: '{"timezone": "UTC"}' }, 'needs "rrule"'],
  [{ cron: "* * * * *", timezone: "Mars/X" }, 'Invalid timezone: "Mars/X"'],
];
for (const [flags, sentence] of REFUSED) {
  test(`${JSON.stringify(flags)} is refused: ${sentence}`, () => {
    expect(() => readSchedule({ ...NONE, ...flags })).toThrow(sentence);
  });
}

test("an option of two halves needs both", () => {
  expect(splitPair("a=x=y", "--override")).toEqual(["a", "x=y"]);
  expect(() => splitPair("a", "--param")).toThrow("'a' has no value: give --param as name=value.");
  expect(() => splitPair("=x", "--override")).toThrow("--override");
});
