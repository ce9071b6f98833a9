import { describe, expect, test } from "bun:test";
import { createZones, isoText, isZone } from "#domain/schedules/zone.ts";

const HOUR = 3_600_000;
const zone = (name: string) => createZones().get(name);
const at = (text: string) => Date.parse(text);

describe("offset", () => {
  const cases: [string, string, number][] = [
    ["UTC", "2023-07-01T00:00:00Z", 0],
    ["America/New_York", "2023-01-01T00:00:00Z", -5],
    ["America/New_York", "2023-07-01T00:00:00Z", -4],
    ["America/New_York", "2023-03-12T06:59:59.999Z", -5],
    ["America/New_York", "2023-03-12T07:00:00Z", -4],
    ["America/New_York", "2023-11-05T05:59:59.999Z", -4],
    ["America/New_York", "2023-11-05T06:00:00Z", -5],
    ["Australia/Lord_Howe", "2023-04-01T14:59:59Z", 11],
    ["Australia/Lord_Howe", "2023-04-01T15:00:00Z", 10.5],
    ["Asia/Kolkata", "2023-01-01T00:00:00Z", 5.5],
    // Morocco leaves its zone for the month of Ramadan: two changes a month apart.
    ["Africa/Casablanca", "2023-03-19T02:00:00Z", 0],
    ["Africa/Casablanca", "2023-04-23T02:00:00Z", 1],
  ];
  test.each(cases)("of %s at %s is %d h", (name, instant, hours) => {
    expect(zone(name).offset(at(instant))).toBe(hours * HOUR);
  });

  test("of a zone with seconds in its past", () => {
    expect(isoText(zone("America/New_York"), at("1880-01-01T12:00:00Z"))).toBe("1880-01-01T07:03:58-04:56:02");
  });
});

describe("instant", () => {
  const cases: [string, "larger" | "smaller", string][] = [
    ["2023-06-01T12:00:00Z", "larger", "2023-06-01T16:00:00.000Z"],
    ["2023-06-01T12:00:00Z", "smaller", "2023-06-01T16:00:00.000Z"],
    ["2023-03-12T02:30:00Z", "larger", "2023-03-12T06:30:00.000Z"],
    ["2023-03-12T02:30:00Z", "smaller", "2023-03-12T07:30:00.000Z"],
    ["2023-03-12T01:59:59Z", "larger", "2023-03-12T06:59:59.000Z"],
    ["2023-03-12T03:00:00Z", "smaller", "2023-03-12T07:00:00.000Z"],
    ["2023-11-05T01:30:00Z", "larger", "2023-11-05T05:30:00.000Z"],
    ["2023-11-05T01:30:00Z", "smaller", "2023-11-05T06:30:00.000Z"],
    ["2023-11-05T02:00:00Z", "larger", "2023-11-05T07:00:00.000Z"],
  ];
  test.each(cases)("New York's %s with the %s offset", (wall, choose, expected) => {
    expect(new Date(zone("America/New_York").instant(at(wall), choose)).toISOString()).toBe(expected);
  });
});

test("floor is the least offset within a day, isSteady says that there is one only", () => {
  const newYork = zone("America/New_York");
  expect(newYork.floor(at("2023-11-05T03:00:00Z"))).toBe(-5 * HOUR);
  expect(newYork.isSteady(at("2023-11-05T03:00:00Z"))).toBe(false);
  expect(newYork.isSteady(at("2023-11-03T03:00:00Z"))).toBe(true);
});

test("isoText has the zone's offset, and a fraction only when there is one", () => {
  expect(isoText(zone("America/New_York"), at("2023-06-01T12:00:00Z"))).toBe("2023-06-01T08:00:00-04:00");
  expect(isoText(zone("UTC"), at("2023-06-01T12:00:00.250Z") + 0.001)).toBe("2023-06-01T12:00:00.250001+00:00");
  expect(isoText(zone("Asia/Kolkata"), at("2023-06-01T12:00:00Z"))).toBe("2023-06-01T17:30:00+05:30");
});

test.each(["UTC", "America/New_York", "US/Eastern", "EST5EDT", "Etc/GMT+5", "GB-Eire", "Asia/Calcutta"])(
  "%s is a zone",
  (name) => expect(isZone(name)).toBe(true),
);

test.each(["", "utc", "america/new_york", "+05:00", "Nope/Zone", "Europe/Berlin ", "localtime"])(
  "'%s' is no zone",
  (name) => expect(isZone(name)).toBe(false),
);
