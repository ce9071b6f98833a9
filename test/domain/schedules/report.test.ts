// The thousand schedules of the oracle: none differs without a reason, and the report that people read is up to date.
import { describe, expect, test } from "bun:test";
import { createZones } from "#domain/schedules/zone.ts";
import { compare, differenceOf, kindOf, ROWS, type Row, spansChange } from "./oracle.ts";
import { REASONS, reasonOf } from "./reasons.ts";
import { REPORT_FILE, schedulesReport } from "./report.ts";

const report = schedulesReport();

test("every difference has a reason that holds", () => {
  expect(report.unexplained).toEqual([]);
});
test("every reason is needed", () => {
  const used = new Set(report.differences.map((difference) => reasonOf(difference)));
  expect(REASONS.filter((reason) => !used.has(reason))).toEqual([]);
});
test("test/reports/schedules.md is what `bun test/domain/schedules/report.ts` writes", async () => {
  expect(await Bun.file(REPORT_FILE).text()).toBe(report.text);
});
test("nine in ten are the same to the letter", () => {
  expect(report.differences.length).toBeLessThan(report.rows.length / 10);
});

describe("the spread of the schedules", () => {
  test("is a thousand or more, of each kind hundreds, in fifteen zones", () => {
    expect(ROWS.length).toBeGreaterThanOrEqual(1000);
    for (const kind of ["cron", "interval", "rrule"])
      expect(ROWS.filter((row) => kindOf(row) === kind).length).toBeGreaterThan(300);
    expect(new Set(ROWS.map(({ schedule }) => schedule.timezone)).size).toBe(15);
  });
  test("half of those in zones whose clocks change are beside or over a change", () => {
    const zones = createZones();
    const changing = ["America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "America/Santiago"];
    const rows = ROWS.filter(({ schedule }) => changing.includes(schedule.timezone ?? "")).map((row) =>
      compare(row, zones),
    );
    expect(rows.filter(spansChange).length).toBeGreaterThan(rows.length / 2);
  });
});

// A reason that explained everything would prove nothing.
describe("a reason does not hold for", () => {
  const zones = createZones();
  const cron = (text: string): Row["schedule"] => ({ cron: text, timezone: "America/New_York", day_or: true });
  const rrule = (text: string): Row["schedule"] => ({ rrule: text, timezone: "America/New_York" });
  const every = (anchor: string): Row["schedule"] => ({ interval: 3600, anchor_date: anchor, timezone: "UTC" });
  const WRONG: [what: string, row: Row][] = [
    [
      "a day too late",
      { schedule: cron("0 9 * * *"), start: "2023-06-01T00:00:00Z", limit: 1, old: ["2023-06-02T09:00:00-04:00"] },
    ],
    ["a day that is missing", { schedule: cron("0 9 * * *"), start: "2023-06-01T00:00:00Z", limit: 1, old: [] }],
    [
      "a later day beside a clock change",
      { schedule: cron("0 9 * * *"), start: "2023-03-12T18:00:00Z", limit: 1, old: ["2023-03-12T09:00:00-04:00"] },
    ],
    [
      "an hour of a rule",
      {
        schedule: rrule("DTSTART:20230101T090000\nRRULE:FREQ=DAILY"),
        start: "2023-06-01T00:00:00Z",
        limit: 1,
        old: ["2023-06-01T10:00:00-04:00"],
      },
    ],
    [
      "a rule without DTSTART at any hour",
      {
        schedule: rrule("RRULE:FREQ=DAILY"),
        start: "2023-06-01T00:00:00Z",
        limit: 1,
        old: ["2023-06-01T03:00:00-04:00"],
      },
    ],
    [
      "a date where the other raises",
      {
        schedule: cron("0 9 31 * *"),
        start: "2023-06-01T00:00:00Z",
        limit: 1,
        old: "CroniterBadDateError after 0 of 1 dates",
      },
    ],
    [
      "an interval",
      {
        schedule: every("2023-01-01T00:00:00Z"),
        start: "2023-06-01T00:00:00Z",
        limit: 1,
        old: ["2023-06-01T00:30:00+00:00"],
      },
    ],
  ];
  for (const [what, row] of WRONG) {
    test(what, () => {
      const difference = differenceOf(compare(row, zones));
      expect(difference && REASONS.filter(({ holds }) => holds(difference, zones))).toEqual([]);
      expect(difference && reasonOf(difference, zones)).toBeUndefined();
    });
  }
});
