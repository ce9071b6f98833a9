import { describe, expect, test } from "bun:test";
import { checkSchedule, dates } from "#domain/schedules/expand.ts";
import type { Schedule } from "#wire/schedules.ts";

const NOW = "2026-11-23T06:34:15.396005+00:00";
const interval = (seconds: number, anchor: string | null = null, timezone: string | null = null): Schedule => ({
  interval: seconds,
  anchor_date: anchor,
  timezone,
});
const cron = (text: string, timezone: string | null = null): Schedule => ({ cron: text, timezone, day_or: true });
const rrule = (text: string, timezone: string | null = null): Schedule => ({ rrule: text, timezone });

function texts(
  schedule: Schedule,
  start: string,
  limit: number,
  more: { end?: number; anchor?: number } = {},
): string[] {
  return [...dates(schedule, { start: Date.parse(start), limit, ...more })].map(({ text }) => text);
}

describe("checkSchedule", () => {
  test("an interval gets its anchor and its zone", () => {
    expect(checkSchedule(interval(3600), NOW)).toEqual(interval(3600, NOW, "UTC"));
  });

  const anchors: [string, string][] = [
    ["2023-01-01T00:00:00-05:00", "2023-01-01T00:00:00-05:00"],
    ["2023-01-01T00:00:00Z", "2023-01-01T00:00:00+00:00"],
    ["2023-01-01T09:00:00", "2023-01-01T09:00:00+00:00"],
    ["2023-01-01 09:00:00.5+0530", "2023-01-01T09:00:00.500000+05:30"],
    ["2023-01-01", "2023-01-01T00:00:00+00:00"],
  ];
  test.each(anchors)("the anchor %s is stored as %s", (given, stored) => {
    expect(checkSchedule(interval(60, given), NOW)).toEqual(interval(60, stored, "UTC"));
  });

  test("a rule gets UTC, a cron schedule keeps its null", () => {
    expect(checkSchedule(rrule("FREQ=DAILY"), NOW)).toEqual(rrule("FREQ=DAILY", "UTC"));
    expect(checkSchedule(cron("0 0 * * *"), NOW)).toEqual(cron("0 0 * * *"));
  });

  const refused: [Schedule, string][] = [
    [interval(0), "The interval must be positive"],
    [interval(-5), "The interval must be positive"],
    [interval(1e-7), "The interval must be positive"],
    [interval(60, "tomorrow"), "invalid datetime format"],
    [interval(60, null, "Bad"), 'Invalid timezone: "Bad"'],
    [cron("0 0 * * *", "utc"), 'Invalid timezone: "utc"'],
    [rrule("FREQ=DAILY", "Mars/Olympus"), 'Invalid timezone: "Mars/Olympus"'],
    [cron("whenever"), 'Invalid cron string: "whenever"'],
    [rrule("bad"), 'Invalid RRule string "bad": not enough values to unpack (expected 2, got 1)'],
    [
      rrule("DTSTART:20230101\nFREQ=HOURLY;INTERVAL=2;BYHOUR=3"),
      'Invalid RRule string "DTSTART:20230101\nFREQ=HOURLY;INTERVAL=2;BYHOUR=3": Invalid rrule byxxx generates an empty set.',
    ],
  ];
  test.each(refused)("refuses %j: %s", (schedule, sentence) => {
    expect(() => checkSchedule(schedule, NOW)).toThrow(sentence);
  });

  test("refuses a rule that is too long, and quotes its beginning", () => {
    const text = `RDATE:${Array.from({ length: 500 }, () => "20230101T000000").join()}`;
    expect(() => checkSchedule(rrule(text), NOW)).toThrow(
      `Invalid RRule string "${text.slice(0, 40)}..."\nMax length is 6500, got ${text.length}`,
    );
  });
});

describe("dates", () => {
  test("ends at the limit, and at the end, which is included", () => {
    expect(texts(cron("0 12 * * *"), "2023-01-01T00:00:00Z", 2)).toHaveLength(2);
    const end = Date.parse("2023-01-03T12:00:00Z");
    expect(texts(cron("0 12 * * *"), "2023-01-01T00:00:00Z", 10, { end })).toHaveLength(3);
  });

  test("gives up after a thousand candidates, as the old server does", () => {
    expect(texts(cron("* * * * * *"), "2023-01-01T00:00:00Z", 5000)).toHaveLength(1002);
  });

  test("a repeated hour fires once: cron in its second pass, rules in their first", () => {
    const start = "2023-11-05T04:50:00Z";
    expect(texts(cron("0 * * * *", "America/New_York"), start, 2)).toEqual([
      ...["2023-11-05T01:00:00-05:00", "2023-11-05T02:00:00-05:00"],
    ]);
    expect(texts(rrule("DTSTART:20230101\nFREQ=HOURLY", "America/New_York"), start, 2)).toEqual([
      ...["2023-11-05T01:00:00-04:00", "2023-11-05T02:00:00-05:00"],
    ]);
  });

  test("times that a short gap swallows stay in the order of time", () => {
    // Lord Howe skips 02:00 to 02:30: 02:15 fires at 02:45, after 02:35.
    expect(texts(cron("15,35 2 * * *", "Australia/Lord_Howe"), "2023-09-30T12:00:00Z", 3)).toEqual([
      ...["2023-10-01T02:35:00+11:00", "2023-10-01T02:45:00+11:00", "2023-10-02T02:15:00+11:00"],
    ]);
  });

  test("a rule without DTSTART hangs on its anchor, so every evaluation gives the same dates", () => {
    const anchor = Date.parse("2023-01-01T17:45:30.750Z");
    const daily = rrule("FREQ=DAILY", "UTC");
    expect(texts(daily, "2023-03-11T12:00:00Z", 1, { anchor })).toEqual(["2023-03-11T17:45:30+00:00"]);
    expect(texts(daily, "2023-03-11T13:00:00Z", 1, { anchor })).toEqual(["2023-03-11T17:45:30+00:00"]);
  });

  test("croner and rrule are not loaded for schedules that do not need them", async () => {
    const script = `
      const { dates, checkSchedule } = await import("#domain/schedules/expand.ts");
      const bounds = { start: 0, limit: 3 };
      for (const schedule of [{ cron: "0 9 * * *", timezone: "Europe/Berlin", day_or: true }, { interval: 60, anchor_date: null, timezone: null }])
        [...dates(checkSchedule(schedule, "2023-01-01T00:00:00.000000+00:00"), bounds)];
      console.log(Object.keys(require.cache).filter((path) => /croner|rrule.dist/.test(path)).length);`;
    const child = Bun.spawn([process.execPath, "-e", script], { stdout: "pipe" });
    expect((await new Response(child.stdout).text()).trim()).toBe("0");
  });
});
