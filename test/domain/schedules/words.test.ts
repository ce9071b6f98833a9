// Schedules in words.
import { expect, test } from "bun:test";
import { scheduleWords } from "#domain/schedules/words.ts";

const cron = (text: string, day_or = true) => scheduleWords({ cron: text, day_or, timezone: null });
const every = (interval: number) => scheduleWords({ interval, anchor_date: null, timezone: null });
const rrule = (text: string) => scheduleWords({ rrule: text, timezone: null });

const CRON: [text: string, words: string][] = [
  ["0 3 * * *", "Every day, at 03:00"],
  ["0,30 7,19 * * *", "Every day, at 07:00, 07:30, 19:00 and 19:30"],
  ["* * * * *", "Every minute"],
  ["*/15 * * * *", "Every 15 minutes"],
  ["*/15 9-17 * * 1-5", "Every 15 minutes, on Monday to Friday, in hours 9 to 17"],
  ["0-59/7 * * * *", "Every hour, at minutes 0, 7, 14, 21, 28, 35, 42, 49 and 56"],
  ["@hourly", "Every hour"],
  ["7 * * * *", "Every hour, at minute 7"],
  ["0 */6 * * *", "Every 6 hours"],
  ["7 */6 * * *", "Every 6 hours, at minute 7"],
  ["0 8-18 * * *", "Every hour, in hours 8 to 18"],
  ["* 9 * * *", "Every minute, in hour 9"],
  ["30 1 * * 1-5", "Every week, on Monday to Friday, at 01:30"],
  ["30 1 * * sun,sat", "Every week, on Saturday and Sunday, at 01:30"],
  ["0 6 1 * *", "Every month, on day 1, at 06:00"],
  ["0 6 1-7,15 * *", "Every month, on days 1 to 7 and 15, at 06:00"],
  ["0 0 L * *", "Every month, on the last day, at 00:00"],
  ["0 6 15 1,7 *", "Every year, on day 15, in January and July, at 06:00"],
  ["0 6 * 6-8 *", "Every day, in June to August, at 06:00"],
  ["0 9 * * 2#2", "Every month, on the 2nd Tuesday, at 09:00"],
  ["0 9 * * L5", "Every month, on the last Friday, at 09:00"],
  ["0 9 * * 1 30", "Every week, on Monday, at 09:00:30"],
  ["* * * * * */10", "Every 10 seconds"],
  ["0 9 * * * *", "Every second, in hour 9, at minute 0"],
  ["* * * * * 30", "Every minute, at second 30"],
  ["*/30 * 1 * *", "Every 30 minutes, on day 1 of the month"],
  ["0 9 1 * 1", "Every month, on day 1, or on Monday, at 09:00"],
  ["every day", "By the pattern 'every day'"],
  ["0 99 * * *", "By the pattern '0 99 * * *'"],
];
for (const [text, words] of CRON) test(`cron ${text}`, () => expect(cron(text)).toBe(words));

test("both fields of days may have to fit", () => {
  expect(cron("0 9 1 * 1", false)).toBe("Every month, on day 1, and only on Monday, at 09:00");
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
  ["FREQ=WEEKLY;BYDAY=MO,FR;BYHOUR=7,19;BYMINUTE=0", "Every week, on Monday and Friday, at 07:00 and 19:00"],
  ["FREQ=MONTHLY;BYDAY=-1FR;BYHOUR=18", "Every month, on the last Friday, in hour 18"],
  ["FREQ=MONTHLY;BYDAY=2TU", "Every month, on the 2nd Tuesday"],
  ["FREQ=MONTHLY;BYMONTHDAY=1,-1", "Every month, on day 1 and the last day"],
  ["FREQ=YEARLY;BYMONTH=1,7;BYMONTHDAY=15", "Every year, on day 15, in January and July"],
  ["FREQ=DAILY;COUNT=1", "Every day, 1 time in all"],
  ["FREQ=DAILY;UNTIL=20261201T090000Z", "Every day, until 2026-12-01 09:00"],
  ["FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=-1", "Every month, on Monday and Tuesday, BYSETPOS -1"],
  ["DTSTART:20230101\nRRULE:FREQ=DAILY\nEXDATE:20230102T000000", "Every day; but for what it excludes"],
  ["RDATE:20230101T000000,20230102T000000", "At 2 times that the rule lists"],
  ["FREQ=OFTEN", "By the rule 'FREQ=OFTEN'"],
];
for (const [text, words] of RRULE) test(`rrule ${text}`, () => expect(rrule(text)).toBe(words));

test("cron, rule and interval of the same dates have the same words", () => {
  expect(cron("30 7 * * 1-5")).toBe(rrule("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;BYHOUR=7;BYMINUTE=30;BYSECOND=0"));
  expect(cron("0 6 1 * *")).toBe(rrule("FREQ=MONTHLY;BYMONTHDAY=1;BYHOUR=6;BYMINUTE=0"));
  expect([cron("*/10 * * * *"), every(600)]).toEqual(["Every 10 minutes", "Every 10 minutes"]);
  expect(rrule("FREQ=MINUTELY;INTERVAL=10")).toBe("Every 10 minutes");
});

test("a text that is too long to be read is cut", () => {
  expect(cron("1,".repeat(3000)).length).toBeLessThan(300);
  expect(rrule(`FREQ=DAILY;BYHOUR=${"1,".repeat(3000)}1`).length).toBeLessThan(700);
});
