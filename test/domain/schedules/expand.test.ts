import { describe, expect, test } from "bun:test";
import { createBudget } from "#domain/schedules/budget.ts";
import { checkSchedule, dates } from "#domain/schedules/expand.ts";
import { MOST_SCHEDULE_STEPS } from "#lib/limits.ts";
import type { Schedule } from "#wire/deployments/schedules.ts";

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
    [interval(86_400 * 1e9), "The interval must be at most 999999999 days"],
    [interval(1e18), "The interval must be at most 999999999 days"],
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

  test("D9: a fixed time in an hour that comes twice fires once: cron in its second pass, rules in their first", () => {
    const start = "2027-10-30T12:00:00Z";
    const once = (schedule: Schedule) => texts(schedule, start, 2).map((text) => text.slice(8, 25));
    expect(once(cron("30 2 * * *", "Europe/Vienna"))).toEqual(["31T02:30:00+01:00", "01T02:30:00+01:00"]);
    expect(once(cron("0,30 2 * * *", "Europe/Vienna"))).toEqual(["31T02:00:00+01:00", "31T02:30:00+01:00"]);
    expect(once(rrule("DTSTART:20270101T023000\nFREQ=DAILY", "Europe/Vienna"))).toEqual([
      ...["31T02:30:00+02:00", "01T02:30:00+01:00"],
    ]);
    expect(once(rrule("DTSTART:20270101\nFREQ=HOURLY;BYHOUR=2", "Europe/Vienna"))).toEqual([
      ...["31T02:00:00+02:00", "01T02:00:00+01:00"],
    ]);
    expect(once(interval(86_400, "2027-03-01T02:30:00+01:00", "Europe/Vienna"))).toEqual([
      ...["31T02:30:00+01:00", "01T02:30:00+01:00"],
    ]);
  });

  const HALF_HOURS = ["02:00:00+02:00", "02:30:00+02:00", "02:00:00+01:00", "02:30:00+01:00", "03:00:00+01:00"];
  test.each<[string, Schedule]>([
    ["an interval", interval(1800, "2027-03-01T00:00:00+01:00", "Europe/Vienna")],
    ["a cron pattern with a step", cron("*/30 * * * *", "Europe/Vienna")],
    ["a cron pattern with every hour", cron("0,30 * * * *", "Europe/Vienna")],
    ["a cron pattern with all hours written out", cron("0,30 0-23 * * *", "Europe/Vienna")],
    ["a cron pattern with every minute of some hours", cron("*/30 2-3 * * *", "Europe/Vienna")],
    ["a rule by the minute", rrule("DTSTART:20270101\nFREQ=MINUTELY;INTERVAL=30", "Europe/Vienna")],
    ["a rule by the hour", rrule("DTSTART:20270101\nFREQ=HOURLY;BYMINUTE=0,30", "Europe/Vienna")],
  ])("D9: an hour that comes twice has the runs of %s twice", (_, schedule) => {
    const found = texts(schedule, "2027-10-31T00:00:00Z", 5);
    expect(found.map((text) => text.slice(11))).toEqual(HALF_HOURS);
  });

  test("D9: asked for within the second pass, dates of the first do not come back", () => {
    const found = texts(cron("*/30 * * * *", "Europe/Vienna"), "2027-10-31T01:10:00Z", 2);
    expect(found.map((text) => text.slice(11))).toEqual(["02:30:00+01:00", "03:00:00+01:00"]);
  });

  test("D9: half an hour that comes twice, as on Lord Howe, has its runs twice", () => {
    const found = texts(cron("*/15 * * * *", "Australia/Lord_Howe"), "2027-04-03T14:30:00Z", 5);
    expect(found.map((text) => text.slice(11))).toEqual([
      ...["01:30:00+11:00", "01:45:00+11:00", "01:30:00+10:30", "01:45:00+10:30", "02:00:00+10:30"],
    ]);
  });

  test("D9: an hour that is left out has no runs of a wildcard, and none comes twice", () => {
    const found = texts(cron("*/30 * * * *", "Europe/Vienna"), "2027-03-28T00:30:00Z", 3);
    expect(found.map((text) => text.slice(11))).toEqual(["01:30:00+01:00", "03:00:00+02:00", "03:30:00+02:00"]);
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

  test("rrule is not loaded for schedules that do not need them", async () => {
    const script = `
      const { dates, checkSchedule } = await import("#domain/schedules/expand.ts");
      const bounds = { start: 0, limit: 3 };
      for (const schedule of [{ cron: "0 9 * * *", timezone: "Europe/Berlin", day_or: true }, { interval: 60, anchor_date: null, timezone: null }])
        [...dates(checkSchedule(schedule, "2023-01-01T00:00:00.000000+00:00"), bounds)];
      console.log(Object.keys(require.cache).filter((path) => /rrule.dist/.test(path)).length);`;
    const child = Bun.spawn([process.execPath, "-e", script], { stdout: "pipe" });
    expect((await new Response(child.stdout).text()).trim()).toBe("0");
  });
});

describe("R3: no schedule holds the process up", () => {
  const numbers = (count: number, first = 0) => Array.from({ length: count }, (_, index) => index + first).join();
  const EVERY_DAY = "BYDAY=MO,TU,WE,TH,FR,SA,SU";
  const EVERY_SECOND = `BYHOUR=${numbers(24)};BYMINUTE=${numbers(60)};BYSECOND=${numbers(60)}`;
  const start = Date.parse("2026-11-27T17:00:00Z");
  const lines = (line: string, count: number) => Array.from({ length: count }, () => line).join("\n");

  const costs: [string, number, string | undefined][] = [
    [`FREQ=YEARLY;${EVERY_DAY};${EVERY_SECOND}`, 1002, "2026-11-27T17:00:00+00:00"],
    [`FREQ=YEARLY;${EVERY_DAY};${EVERY_SECOND};BYSETPOS=-1`, 51, "2026-12-31T23:59:59+00:00"],
    [`FREQ=YEARLY;${EVERY_DAY};${EVERY_SECOND};BYSETPOS=2`, 51, "2027-01-01T00:00:01+00:00"],
    [`FREQ=MONTHLY;${EVERY_DAY};BYHOUR=9,17;BYSETPOS=3,-1`, 1002, "2026-11-30T17:00:00+00:00"],
    [`FREQ=HOURLY;BYMINUTE=${numbers(60)};BYSECOND=${numbers(60)};BYSETPOS=-1`, 1002, "2026-11-27T17:59:59+00:00"],
    ["FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", 0, undefined],
    ["FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30", 0, undefined],
    ["FREQ=SECONDLY;INTERVAL=2;BYSECOND=7", 0, undefined],
    ["FREQ=SECONDLY;INTERVAL=999999999", 2, "2026-11-27T17:00:00+00:00"],
    ["FREQ=WEEKLY;INTERVAL=999999999", 1, "2026-11-27T17:00:00+00:00"],
    ["FREQ=YEARLY;BYDAY=+53MO", 9, "2029-12-31T17:00:00+00:00"],
    ["FREQ=YEARLY;BYDAY=+999999999MO", 0, undefined],
    ["FREQ=DAILY;BYEASTER=0", 50, "2027-03-28T17:00:00+00:00"],
    ["DTSTART:00010101T000000\nRRULE:FREQ=MONTHLY", 602, "2026-12-01T00:00:00+00:00"],
    ["DTSTART:00010101T000000\nRRULE:FREQ=YEARLY;INTERVAL=3", 17, "2029-01-01T00:00:00+00:00"],
    ["DTSTART:99991231T235959\nRRULE:FREQ=SECONDLY", 0, undefined],
    ["DTSTART:20200101T000000\nRRULE:FREQ=SECONDLY;COUNT=1000000000", 1002, "2026-11-27T17:00:00+00:00"],
    ["DTSTART:20200101T000000\nRRULE:FREQ=DAILY;UNTIL=20200202", 0, undefined],
    ["DTSTART:20261101\nRRULE:FREQ=DAILY\nEXRULE:FREQ=DAILY", 0, undefined],
    [lines("RRULE:FREQ=DAILY", 300), 3, "2026-11-27T17:00:00+00:00"],
  ];
  test.each(costs)("%s has %i dates, found within the limit", (text, count, first) => {
    const budget = createBudget();
    const found = [...dates(rrule(text), { start, limit: 5000, budget })];
    expect([found.length, found[0]?.text]).toEqual([count, first]);
    expect(budget.used()).toBeLessThan(MOST_SCHEDULE_STEPS * 1.2);
  });

  const COSTLY = "The schedule is too costly: its next date was not found in 250,000 steps";
  const refused: [string, string][] = [
    ["DTSTART:20261101T000000\nRRULE:FREQ=SECONDLY\nEXRULE:FREQ=SECONDLY", COSTLY],
    ["DTSTART:00010101T000000\nRRULE:FREQ=WEEKLY;BYDAY=MO,TU;COUNT=1000000000", COSTLY],
    ["FREQ=SECONDLY;BYHOUR=3;COUNT=1000000000", "COUNT is at most 50000 in a rule with BY lists"],
    ["RRULE:FREQ=DAILY;BYHOUR=1".padEnd(1_000_000, ",1"), "Max length is 6500, got 1000000"],
    [`RDATE:${lines("20230101", 100_000).replaceAll("\n", ",")}`, "Max length is 6500, got 900005"],
  ];
  test.each(refused.map(([text, sentence]) => [text.slice(0, 60), text, sentence]))(
    "%s is refused",
    (_, text, sentence) => {
      expect(() => checkSchedule(rrule(text), NOW)).toThrow(sentence);
      const budget = createBudget();
      if (sentence.startsWith("COUNT")) return;
      expect(() => [...dates(rrule(text), { start, limit: 3, budget })]).toThrow(sentence);
      expect(budget.used()).toBeLessThan(MOST_SCHEDULE_STEPS * 1.2);
    },
  );

  test.each([true, false])("a cron string for 30 February ends its search (day_or %p)", (day_or) => {
    const budget = createBudget();
    expect([...dates({ cron: "0 0 30 2 *", timezone: null, day_or }, { start, limit: 3, budget })]).toEqual([]);
    expect(budget.used()).toBeLessThan(20_000);
  });

  test("a cron string is at most 6500 letters long, and a wrong zone is quoted in short", () => {
    expect(() => checkSchedule(cron(`${"0,".repeat(500_000)}0 * * * *`), NOW)).toThrow(
      "Max length is 6500, got 1000009",
    );
    expect(() => checkSchedule(cron("0 0 * * *", "X".repeat(1_000_000)), NOW)).toThrow(
      /^Invalid timezone: "X{500}… \(999500 more characters\)"$/,
    );
  });

  test.each([0, -1, Number.NaN, 1e-7, Number.POSITIVE_INFINITY])("a stored interval of %p is refused", (seconds) => {
    expect(() => [...dates(interval(seconds), { start, limit: 3 })]).toThrow("The interval must be positive");
  });

  test.each([1e-6, 1e300])("an interval of %p s ends in any year", (seconds) => {
    for (const anchor of ["0001-01-01T00:00:00+00:00", "9999-12-31T23:59:59+00:00"]) {
      for (const from of [start, Date.UTC(9999, 11, 31)]) {
        expect([...dates(interval(seconds, anchor), { start: from, limit: 5000 })].length).toBeLessThanOrEqual(1002);
      }
    }
  });
});
