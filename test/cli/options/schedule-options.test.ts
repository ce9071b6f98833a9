import { expect, test } from "bun:test";
import { splitPair } from "#cli/options/json-arguments.ts";
import { noteSchedule, readSchedule, type ScheduleFlags, scheduleNotes } from "#cli/options/schedule-options.ts";

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

const SECONDS = "Note: the sixth field of a cron string is its seconds. This one means: ";
const NOTES: [flags: Partial<ScheduleFlags>, notes: string[]][] = [
  [{ cron: "0 9 * * *" }, []],
  [{ cron: "0 9 * * * 30" }, [`${SECONDS}Every day, at 09:00:30.`]],
  [{ cron: "0 0 9 * * *" }, [expect.stringMatching(/^Note: the sixth field .* means: Every second, on day 9/)]],
  [{ interval: "1d", "anchor-date": "2026-03-01", timezone: "America/New_York" }, []],
  [{ interval: "1d", "anchor-date": "2026-03-01T09:00" }, []],
  [{ interval: "1d", "anchor-date": "2026-03-01T09:00-05:00", timezone: "America/New_York" }, []],
  [{ interval: "1d", "anchor-date": "2026-03-01T09:00Z", timezone: "America/New_York" }, []],
  [
    { interval: "1d", "anchor-date": "2026-03-01 09:00", timezone: "America/New_York" },
    ["Note: the anchor date '2026-03-01 09:00' has no offset, so it is in UTC and not in America/New_York."],
  ],
];
for (const [given, notes] of NOTES) {
  test(`D17: what ${JSON.stringify(given)} may be taken for`, () => {
    const flags = { ...NONE, ...given };
    const schedule = readSchedule(flags);
    expect(schedule && scheduleNotes(schedule, flags["anchor-date"])).toEqual(notes);
  });
}

const IN_FILES: [schedule: Parameters<typeof scheduleNotes>[0], notes: string[]][] = [
  [
    { rrule: "DTSTART;TZID=Europe/Vienna:20260101T090000\nRRULE:FREQ=DAILY" },
    ["Note: the TZID of a recurrence rule is ignored, so its times are in UTC. Give the zone as 'timezone'."],
  ],
  [{ rrule: "DTSTART;TZID=Europe/Vienna:20260101T090000\nRRULE:FREQ=DAILY", timezone: "Europe/Vienna" }, []],
  [{ rrule: "FREQ=DAILY" }, []],
  [{ cron: "0 9 * * * 0" }, [`${SECONDS}Every day, at 09:00.`]],
  [
    { interval: 86_400, anchor_date: "2026-03-01T09:00:00", timezone: "Asia/Tokyo" },
    ["Note: the anchor date '2026-03-01T09:00:00' has no offset, so it is in UTC and not in Asia/Tokyo."],
  ],
];
for (const [schedule, notes] of IN_FILES) {
  test(`D17: in a file, what ${JSON.stringify(schedule)} may be taken for`, () => {
    const said: string[] = [];
    noteSchedule({ schedule }, (line) => said.push(line));
    expect(said).toEqual(notes);
  });
}
