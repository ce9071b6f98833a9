// Schedules in words.
import { expect, test } from "bun:test";
import { scheduleWords } from "#domain/schedules/words.ts";

const cron = (text: string, day_or = true) => scheduleWords({ cron: text, day_or, timezone: null });
const every = (interval: number) => scheduleWords({ interval, anchor_date: null, timezone: null });
const rrule = (text: string) => scheduleWords({ rrule: text, timezone: null });

const CRON: [text: string, words: string][] = [
  ["0 3 * * *", "At 03:00, every day"],
  ["*/15 * * * *", "Every 15 minutes"],
  ["@hourly", "Every hour"],
  ["30 1 * * 1-5", "At 01:30, Monday through Friday"],
  ["0 6 1 * *", "At 06:00, on day 1 of the month"],
  ["0 0 L * *", "At 00:00, on the last day of the month"],
  ["0 9 * * 1 30", "At 09:00:30, only on Monday"],
  ["0 9 1 * 1", "At 09:00, on day 1 of the month, or on Monday"],
  ["every day", "By the pattern 'every day'"],
  ["0 99 * * *", "By the pattern '0 99 * * *'"],
];
for (const [text, words] of CRON) test(`cron ${text}`, () => expect(cron(text)).toBe(words));

test("both fields of days may have to fit", () => {
  expect(cron("0 9 1 * 1", false)).toBe("At 09:00, on day 1 of the month, and only on Monday");
});

test("intervals", () => {
  expect([1, 60, 600, 3600, 86_400, 604_800, 1_209_600].map(every)).toEqual([
    ...["Every second", "Every minute", "Every 10 minutes", "Every hour", "Every day", "Every week", "Every 2 weeks"],
  ]);
  expect([5400, 90_061, 0.5, 1.25].map(every)).toEqual([
    ...["Every 90 minutes", "Every 90061 seconds", "Every 0.5 seconds", "Every 1.25 seconds"],
  ]);
});

const RRULE: [text: string, words: string][] = [
  ["FREQ=DAILY", "Every day"],
  ["FREQ=HOURLY;INTERVAL=6", "Every 6 hours"],
  ["FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;BYHOUR=7;BYMINUTE=30;BYSECOND=0", "Every week, on Monday to Friday, at 07:30"],
  ["FREQ=WEEKLY;BYDAY=MO,FR;BYHOUR=7,19;BYMINUTE=0", "Every week, on Monday, Friday, at 07:00, 19:00"],
  ["FREQ=MONTHLY;BYDAY=-1FR;BYHOUR=18", "Every month, on the last Friday, in hour 18"],
  ["FREQ=MONTHLY;BYDAY=2TU", "Every month, on the 2nd Tuesday"],
  ["FREQ=MONTHLY;BYMONTHDAY=1,-1", "Every month, on day 1 and the last day of the month"],
  ["FREQ=YEARLY;BYMONTH=1,7;BYMONTHDAY=15", "Every year, on day 15 of the month, in January, July"],
  ["FREQ=DAILY;COUNT=1", "Every day, 1 time in all"],
  ["FREQ=DAILY;UNTIL=20261201T090000Z", "Every day, until 2026-12-01 09:00"],
  ["FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=-1", "Every month, on Monday, Tuesday, BYSETPOS -1"],
  ["DTSTART:20230101\nRRULE:FREQ=DAILY\nEXDATE:20230102T000000", "Every day; but for what it excludes"],
  ["RDATE:20230101T000000,20230102T000000", "At 2 times that the rule lists"],
  ["FREQ=OFTEN", "By the rule 'FREQ=OFTEN'"],
];
for (const [text, words] of RRULE) test(`rrule ${text}`, () => expect(rrule(text)).toBe(words));

test("a text that is too long to be read is cut", () => {
  expect(cron("1,".repeat(3000)).length).toBeLessThan(300);
  expect(rrule(`FREQ=DAILY;BYHOUR=${"1,".repeat(3000)}1`).length).toBeLessThan(700);
});
