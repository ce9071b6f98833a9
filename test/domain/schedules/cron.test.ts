import { describe, expect, test } from "bun:test";
import { createBudget } from "#domain/schedules/budget.ts";
import { cronWalls } from "#domain/schedules/cron.ts";
import { parseCron } from "#domain/schedules/cron-pattern.ts";

function first(cron: string, count: number, from = "2023-03-11T12:34:56Z", dayOr = true): string[] {
  const found: string[] = [];
  for (const wall of cronWalls(parseCron(cron), dayOr, { from: Date.parse(from), to: Infinity }, createBudget())) {
    found.push(new Date(wall).toISOString().slice(0, 19));
    if (found.length === count) break;
  }
  return found;
}

describe("parseCron", () => {
  test("reads lists, ranges, steps and names as croniter does", () => {
    expect(parseCron("5,1 0-23/6 */10 FEB,dec fri-sun")).toEqual({
      minutes: [1, 5],
      hours: [0, 6, 12, 18],
      seconds: [0],
      days: [1, 11, 21, 31],
      months: [2, 12],
      weekdays: [0, 5, 6].map((weekday) => ({ weekday, nth: 0 })),
      isRepeated: false,
    });
  });

  test.each<[string, boolean]>([
    ["* * * * *", true],
    ["*/30 * * * *", true],
    ["0,30 * * * *", true],
    ["0 */2 * * *", true],
    ["*/5 2 * * *", true],
    ["0 0-23 * * *", true],
    ["@hourly", true],
    ["0 * * * * */10", true],
    ["30 2 * * *", false],
    ["0,30 2-5 * * *", false],
    ["@daily", false],
    ["30 2 * * * */10", false],
  ])("D9: whether '%s' fires in both passes of an hour that comes twice: %p", (text, expected) => {
    expect(parseCron(text).isRepeated).toBe(expected);
  });

  test("a start with a step runs to the end of the field, a lone number does not", () => {
    expect(parseCron("50/4 7 * * *")).toMatchObject({ minutes: [50, 54, 58], hours: [7] });
  });

  test("the sixth field is seconds", () => {
    expect(parseCron("1 2 3 4 5 */20")).toMatchObject({ minutes: [1], hours: [2], seconds: [0, 20, 40] });
  });

  test.each(["* * * * *", "* * 1-31 1-12 0-6", "* * */1 */1 0-7", "*/1 * * jan-dec sun-sat"])(
    "'%s' leaves every day open",
    (cron) => expect(parseCron(cron)).toMatchObject({ days: null, months: null, weekdays: null }),
  );

  test("counted weekdays", () => {
    expect(parseCron("0 0 * * mon#1,5#3,L0").weekdays).toEqual([
      { weekday: 1, nth: 1 },
      { weekday: 5, nth: 3 },
      { weekday: 0, nth: 6 },
    ]);
    expect(parseCron("0 0 * * mon-wed#2").weekdays).toHaveLength(3);
  });

  const refused = [
    ...["", "* * * *", "* * * * * * *", "60 * * * *", "* 24 * * *", "* * 0 * *", "* * 32 * *", "* * * 13 *"],
    ...["* * * * 8", "0 0 ? * *", "@reboot", " @daily", "22-2 * * * *", "5-1 * * * *", "*/0 * * * *", "1,,2 * * * *"],
    ...["-5 * * * *", "a * * * *", "* jan * * *", "* * * mon *", "* * * * jan", "* * 15W * *", "* * LW * *"],
    ...["* * L-3 * *", "* * * * 5L", "* * * * 1#6", "* * * * 1#0", "* * * * 1,2#3", "H * * * *", "1.5 * * * *"],
  ];
  test.each(refused)("refuses '%s' with the old sentence", (cron) => {
    expect(() => parseCron(cron)).toThrow(`Invalid cron string: "${cron}"`);
  });

  test.each(["R * * * *", "r(0-5) * * * *", "* R/2 * * *"])("refuses the random '%s'", (cron) => {
    expect(() => parseCron(cron)).toThrow(`Random and Hashed expressions are unsupported, recieved: "${cron}"`);
  });

  test("what may stand beside them does: L in a list, a range to L, counted and plain of the same day", () => {
    expect(parseCron("0 0 1,l * *").days).toEqual([1, 32]);
    expect(parseCron("0 0 29-L * *").days).toEqual([29, 30, 31]);
    expect(parseCron("0 0 * * 2,2#3").weekdays).toEqual([{ weekday: 2, nth: 3 }]);
    expect(parseCron("0 0 0 * * 0").days).toEqual([1]);
  });
});

describe("cronWalls", () => {
  test("starts at the time asked for, itself included", () => {
    expect(first("* * * * *", 2, "2023-01-01T00:00:00Z")).toEqual(["2023-01-01T00:00:00", "2023-01-01T00:01:00"]);
    expect(first("* * * * *", 1, "2023-01-01T00:00:00.500Z")).toEqual(["2023-01-01T00:01:00"]);
    expect(first("30 9 * * *", 1, "2023-01-01T09:30:01Z")).toEqual(["2023-01-02T09:30:00"]);
  });

  const cases: [string, boolean, string[]][] = [
    ["0 0 13 * 5", true, ["2023-03-13", "2023-03-17", "2023-03-24"]],
    ["0 0 13 * 5", false, ["2023-10-13", "2024-09-13", "2024-12-13"]],
    ["0 0 * * L5", true, ["2023-03-31", "2023-04-28", "2023-05-26"]],
    ["0 0 * * 5#5", true, ["2023-03-31", "2023-06-30", "2023-09-29"]],
    ["0 0 L 2 *", true, ["2024-02-29", "2025-02-28", "2026-02-28"]],
    ["0 0 29 2 *", true, ["2024-02-29", "2028-02-29", "2032-02-29"]],
    ["0 0 1 jan,jul *", true, ["2023-07-01", "2024-01-01", "2024-07-01"]],
    // croniter forgets the 13th here.
    ["0 0 13 * 5#2", true, ["2023-04-14", "2023-05-12", "2023-06-09"]],
    ["0 0 13 * 5#2", false, ["2023-10-13", "2024-09-13", "2024-12-13"]],
  ];
  test.each(cases)("'%s' with day_or %p falls on the right days", (cron, dayOr, days) => {
    expect(first(cron, 3, undefined, dayOr)).toEqual(days.map((day) => `${day}T00:00:00`));
  });

  test("a day that never comes ends the search", () => {
    expect(first("0 0 30 2 *", 1)).toEqual([]);
  });

  test("times of a day are in order, whatever the order of the lists", () => {
    expect(first("30,0 18,6 * * * 30,5", 5, "2023-01-01T06:00:10Z").map((text) => text.slice(11))).toEqual([
      ...["06:00:30", "06:30:05", "06:30:30", "18:00:05", "18:00:30"],
    ]);
  });
});
