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

test.each([
  ["a day before the change", "2027-03-13T15:00:00Z", ["2027-03-14T13:00", "2027-03-15T13:00", "2027-03-16T13:00"]],
  ["on the day after it", "2027-03-15T12:00:00Z", ["2027-03-15T13:00", "2027-03-16T13:00", "2027-03-17T13:00"]],
  ["half a year later", "2027-11-06T15:00:00Z", ["2027-11-07T14:00", "2027-11-08T14:00", "2027-11-09T14:00"]],
])("D8: every day at nine of the anchor's clock, asked %s", (_, start, expected) => {
  expect(first(86_400, "2027-03-01T09:00:00-05:00", "America/New_York", start)).toEqual(expected);
});

test("D8: weeks keep their hour, and so does an anchor of the other season", () => {
  expect(first(604_800, "2030-07-01T09:00:00-04:00", "America/New_York", "2027-11-06T00:00:00Z", 2)).toEqual([
    ...["2027-11-08T14:00", "2027-11-15T14:00"],
  ]);
});

test("D8: a day whose hour is left out runs an hour later, the next one at its hour", () => {
  expect(first(86_400, "2027-03-01T02:30:00-05:00", "America/New_York", "2027-03-14T00:00:00Z", 2)).toEqual([
    ...["2027-03-14T07:30", "2027-03-15T06:30"],
  ]);
});

test("D8: the dates do not depend on when they are asked for", () => {
  const daily = (start: string) => first(86_400, "2023-01-01T01:30:00-05:00", "America/New_York", start, 1);
  expect(daily("2023-11-05T03:30:00Z")).toEqual(["2023-11-05T06:30"]);
  expect(daily("2023-11-05T06:30:00Z")).toEqual(["2023-11-05T06:30"]);
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
