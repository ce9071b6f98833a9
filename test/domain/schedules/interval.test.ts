import { expect, test } from "bun:test";
import { intervalDates } from "#domain/schedules/interval.ts";
import { createZones } from "#domain/schedules/zone.ts";

const DAY = 86_400_000;

function first(seconds: number, anchor: string, zone: string, start: string, count = 3): string[] {
  const interval = { length: seconds * 1000, anchor: Date.parse(anchor) };
  const found: string[] = [];
  for (const instant of intervalDates(interval, createZones().get(zone), Date.parse(start))) {
    found.push(new Date(instant).toISOString().slice(0, 16));
    if (found.length === count) return found;
  }
  return found;
}

test("dates are whole intervals from the anchor", () => {
  const expected = ["2023-03-11T13:15", "2023-03-11T14:15", "2023-03-11T15:15"];
  expect(first(3600, "2023-01-01T00:15:00Z", "UTC", "2023-03-11T12:34:56Z")).toEqual(expected);
});

test("an anchor in the future counts backwards", () => {
  expect(first(3600, "2030-01-01T00:15:00Z", "UTC", "2023-03-11T12:34:56Z", 1)).toEqual(["2023-03-11T13:15"]);
});

test("the start itself is a date when it is one", () => {
  expect(first(3600, "2023-01-01T00:00:00Z", "UTC", "2023-03-11T12:00:00Z", 1)).toEqual(["2023-03-11T12:00"]);
});

test("whole days keep the clock's hour, shorter steps are elapsed time", () => {
  const anchor = "2023-01-01T09:00:00-05:00";
  const start = "2023-03-11T13:00:00Z";
  expect(first(86_400, anchor, "America/New_York", start)).toEqual([
    ...["2023-03-11T14:00", "2023-03-12T13:00", "2023-03-13T13:00"],
  ]);
  expect(first(43_200, anchor, "America/New_York", start)).toEqual([
    ...["2023-03-11T14:00", "2023-03-12T02:00", "2023-03-12T14:00"],
  ]);
});

test("the dates depend on when they are asked for, as in the old server", () => {
  const daily = (start: string) => first(86_400, "2023-01-01T01:30:00-05:00", "America/New_York", start, 1);
  expect(daily("2023-11-05T03:30:00Z")).toEqual(["2023-11-05T07:30"]);
  expect(daily("2023-11-05T07:00:00Z")).toEqual(["2023-11-06T06:30"]);
});

test("fractions do not drift", () => {
  const zone = createZones().get("UTC");
  const dates = intervalDates({ length: 0.1, anchor: 0 }, zone, 0);
  let last = 0;
  for (let index = 0; index <= 1000; index += 1) last = dates.next().value ?? Number.NaN;
  expect(last).toBe(100);
});

test("ends before the year 10000", () => {
  const interval = { length: 4000 * 366 * DAY, anchor: Date.UTC(2023, 0, 1) };
  expect([...intervalDates(interval, createZones().get("Europe/Berlin"), Date.UTC(2023, 5, 1))]).toHaveLength(1);
});
