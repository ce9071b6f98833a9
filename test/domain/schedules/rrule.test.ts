import { describe, expect, test } from "bun:test";
import { createBudget } from "#domain/schedules/budget.ts";
import { recurrenceWalls } from "#domain/schedules/rrule.ts";
import { parseRecurrence } from "#domain/schedules/rrule-text.ts";

const DAY = 86_400_000;

function first(text: string, from: string, count: number, anchor = from): string[] {
  const start = Date.parse(`${from}Z`);
  const found: string[] = [];
  const window = { from: start, to: start + 3000 * DAY };
  for (const wall of recurrenceWalls(parseRecurrence(text), Date.parse(`${anchor}Z`), window, createBudget())) {
    found.push(new Date(wall).toISOString().slice(0, 19));
    if (found.length === count) break;
  }
  return found;
}

describe("parseRecurrence", () => {
  test("reads rules, dates and exclusions, in any case, and drops every zone", () => {
    const text =
      "dtstart;tzid=America/New_York:20230101T090000\nRRULE:freq=weekly;byday=MO,-1FR;wkst=su\nEXDATE:20230102\nRDATE:20230105T10";
    const set = parseRecurrence(text);
    expect(set.start).toBe(Date.UTC(2023, 0, 1, 9));
    expect(set.rules[0]).toMatchObject({ frequency: "WEEKLY", interval: 1, weekStart: 6 });
    expect(set.rules[0]?.weekdays).toEqual([
      { weekday: 0, nth: 0 },
      { weekday: 4, nth: -1 },
    ]);
    expect(set.excludedDates).toEqual([Date.UTC(2023, 0, 2)]);
    expect(set.dates).toEqual([Date.UTC(2023, 0, 5, 10)]);
  });

  test.each(["20230105T120000Z", "20230105T120000", "20230105"])("D7: without a DTSTART UNTIL may be %s", (until) => {
    const clock = until.length > 8 ? 12 : 0;
    expect(parseRecurrence(`FREQ=DAILY;UNTIL=${until}`).rules[0]?.until).toBe(Date.UTC(2023, 0, 5, clock));
  });

  const refused: [string, string][] = [
    ["", "empty string"],
    ["bad", "not enough values to unpack (expected 2, got 1)"],
    ["FREQ=DAILY=1", "too many values to unpack (expected 2)"],
    ["FREQ=DAILY;", "not enough values to unpack (expected 2, got 1)"],
    ["INTERVAL=2", "FREQ is missing"],
    ["FREQ=SOMETIMES", "invalid 'FREQ': SOMETIMES"],
    ["FREQ=DAILY;COLOUR=RED", "unknown parameter 'COLOUR'"],
    ["FREQ=DAILY;INTERVAL=0", "invalid 'INTERVAL': 0"],
    ["FREQ=DAILY;COUNT=-1", "invalid 'COUNT': -1"],
    ["FREQ=DAILY;BYDAY=XX", "invalid 'BYDAY': XX"],
    ["FREQ=MONTHLY;BYDAY=0MO", "invalid 'BYDAY': 0MO"],
    ["FREQ=DAILY;BYHOUR=25", "hour must be in 0..23"],
    ["FREQ=DAILY;BYMINUTE=60", "minute must be in 0..59"],
    ["FREQ=DAILY;BYMONTH=13", "invalid 'BYMONTH': 13"],
    ["FREQ=DAILY;BYSETPOS=0", "bysetpos must be between 1 and 366, or between -366 and -1"],
    ["FREQ=DAILY;UNTIL=soon", "invalid until date"],
    [
      "DTSTART:20220101T000000\nRRULE:FREQ=DAILY;UNTIL=20230101T000000Z",
      "RRULE UNTIL values must be specified in UTC when DTSTART is timezone-aware",
    ],
    ["DTSTART:20230101T000000Z\nRRULE:FREQ=DAILY;UNTIL=20230105", "RRULE UNTIL values must be specified in UTC"],
    ["DTSTART:20230230\nRRULE:FREQ=DAILY", "Unknown string format: 20230230"],
    ["DTSTART:20230101,20230102\nRRULE:FREQ=DAILY", "Multiple DTSTART values specified:20230101,20230102"],
    ["DTSTART:20230101", "DTSTART needs an RRULE or RDATE"],
    ["NOTE:hello\nFREQ=DAILY", "unsupported property: NOTE"],
    ["RRULE;X=1:FREQ=DAILY", "unsupported RRULE parm: X=1"],
    ["RDATE;VALUE=DATE:20230101", "unsupported RDATE parm: VALUE=DATE"],
  ];
  test.each(refused)("refuses %j: %s", (text, reason) => {
    expect(() => parseRecurrence(text)).toThrow(reason);
  });
});

describe("recurrenceWalls", () => {
  const cases: [string, string, string[]][] = [
    [
      "DTSTART:20200101T090000\nRRULE:FREQ=DAILY",
      "2023-03-11T12:00:00",
      ["2023-03-12T09:00:00", "2023-03-13T09:00:00"],
    ],
    [
      "DTSTART:20230101\nFREQ=DAILY;INTERVAL=36;COUNT=3",
      "2023-02-01T00:00:00",
      ["2023-02-06T00:00:00", "2023-03-14T00:00:00"],
    ],
    ["DTSTART:20230301\nFREQ=DAILY;COUNT=12", "2023-03-11T12:00:00", ["2023-03-12T00:00:00"]],
    [
      "DTSTART:20230301\nFREQ=WEEKLY;COUNT=4;BYDAY=MO,WE",
      "2023-03-08T00:00:00",
      ["2023-03-08T00:00:00", "2023-03-13T00:00:00"],
    ],
    [
      "DTSTART:20230101\nFREQ=MONTHLY;BYDAY=-1FR",
      "2023-03-11T00:00:00",
      ["2023-03-31T00:00:00", "2023-04-28T00:00:00"],
    ],
    [
      "DTSTART:20230301\nFREQ=DAILY\nEXDATE:20230312\nRDATE:20230312T12",
      "2023-03-12T00:00:00",
      ["2023-03-12T12:00:00", "2023-03-13T00:00:00"],
    ],
    [
      "DTSTART:20230101\nFREQ=DAILY\nEXRULE:FREQ=WEEKLY;BYDAY=MO",
      "2023-03-12T00:00:00",
      ["2023-03-12T00:00:00", "2023-03-14T00:00:00"],
    ],
    [
      "DTSTART:20230101\nFREQ=HOURLY;INTERVAL=7;BYHOUR=9",
      "2023-01-02T00:00:00",
      ["2023-01-05T09:00:00", "2023-01-12T09:00:00"],
    ],
    [
      "DTSTART:20230101\nFREQ=MINUTELY;INTERVAL=50;BYDAY=SU;BYHOUR=9",
      "2023-01-02T00:00:00",
      ["2023-01-08T09:30:00", "2023-01-15T09:00:00"],
    ],
    [
      "DTSTART:20230101\nFREQ=SECONDLY;BYMINUTE=3;BYSECOND=5,10",
      "2023-01-02T00:03:06",
      ["2023-01-02T00:03:10", "2023-01-02T01:03:05"],
    ],
    [
      "DTSTART:20230101\nFREQ=HOURLY;BYMINUTE=1,2,3;BYSETPOS=-1",
      "2023-01-02T00:00:00",
      ["2023-01-02T00:03:00", "2023-01-02T01:03:00"],
    ],
    ["RDATE:20230312T120000,20230314T120000", "2023-03-13T00:00:00", ["2023-03-14T12:00:00"]],
  ];
  test.each(cases)("%j from %s", (text, from, expected) => {
    expect(first(text, from, 2)).toEqual(expected);
  });

  test("a rule of every second since 1970 is as quick as any", () => {
    const before = performance.now();
    expect(first("DTSTART:19700101\nFREQ=SECONDLY", "2023-03-11T12:00:00", 1000)).toHaveLength(1000);
    expect(performance.now() - before).toBeLessThan(500);
  });

  test.each([
    "DTSTART:20230101\nFREQ=DAILY;INTERVAL=7;BYDAY=FR",
    "DTSTART:20230101\nFREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
    "DTSTART:20230101\nFREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30",
  ])("a rule that never matches ends its search: %j", (text) => {
    const before = performance.now();
    expect(first(text, "2023-03-11T12:00:00", 1)).toEqual([]);
    expect(performance.now() - before).toBeLessThan(500);
  });

  test("without DTSTART the anchor stands in", () => {
    expect(first("FREQ=DAILY", "2023-03-11T12:00:00", 1, "2022-05-05T17:45:30")).toEqual(["2023-03-11T17:45:30"]);
  });

  test("repeats of several rules come once", () => {
    const text = "DTSTART:20230101\nRRULE:FREQ=DAILY\nRRULE:FREQ=DAILY;INTERVAL=2\nRDATE:20230102";
    expect(first(text, "2023-01-01T00:00:00", 3)).toEqual([
      ...["2023-01-01T00:00:00", "2023-01-02T00:00:00", "2023-01-03T00:00:00"],
    ]);
  });
});
