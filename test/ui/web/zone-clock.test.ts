// What clocks of a zone show, on the days on which they change: for fields of dates, days of charts and marks of axes.
import { describe, expect, test } from "bun:test";
import { browserClock, zoneClock } from "../../../src/ui/data/zone-clock.ts";
import { timeScale } from "../../../src/ui/parts/runs/dot-scales.ts";

describe("a local time is a moment", () => {
  const cases: [zone: string, local: string, moment: string][] = [
    ["Europe/Berlin", "2026-11-27T14:05", "2026-11-27T13:05Z"],
    ["Europe/Berlin", "2026-03-29T01:59", "2026-03-29T00:59Z"],
    // Left out: as if the clock had not been put forward.
    ["Europe/Berlin", "2026-03-29T02:30", "2026-03-29T01:30Z"],
    ["Europe/Berlin", "2026-03-29T03:00", "2026-03-29T01:00Z"],
    // Twice: the first.
    ["Europe/Berlin", "2026-10-25T02:30", "2026-10-25T00:30Z"],
    ["Europe/Berlin", "2026-10-25T03:00", "2026-10-25T02:00Z"],
    ["America/New_York", "2026-11-01T01:30", "2026-11-01T05:30Z"],
    ["Australia/Lord_Howe", "2026-10-04T02:15", "2026-10-03T15:45Z"],
    ["Asia/Kolkata", "2026-11-01T12:00", "2026-11-01T06:30Z"],
    ["UTC", "2026-11-01T12:00", "2026-11-01T12:00Z"],
  ];
  for (const [zone, local, moment] of cases) {
    test(`${local} in ${zone}`, () => expect(zoneClock(zone).read(local)).toBe(Date.parse(moment)));
  }
  test("and what is none is not a number", () => expect(zoneClock("UTC").read("soon")).toBeNaN());
});

describe("ui 13: the days of a week follow each other, though one has 23 or 25 hours", () => {
  const cases: [zone: string, from: string, days: string[]][] = [
    // Late before the short day, early on the long one: steps of 24 hours would leave one out, or have it twice.
    ["Europe/Berlin", "2026-03-28T22:30Z", ["2026-03-27T23:00Z", "2026-03-28T23:00Z", "2026-03-29T22:00Z"]],
    ["Europe/Berlin", "2026-10-24T22:15Z", ["2026-10-24T22:00Z", "2026-10-25T23:00Z", "2026-10-26T23:00Z"]],
    ["America/Santiago", "2026-09-05T12:00Z", ["2026-09-05T04:00Z", "2026-09-06T04:00Z", "2026-09-07T03:00Z"]],
  ];
  for (const [zone, from, days] of cases) {
    test(`from ${from} in ${zone}`, () => {
      const found = zoneClock(zone).daysFrom(Date.parse(from), days.length);
      expect(found.map((at) => new Date(at).toISOString())).toEqual(days.map((at) => new Date(at).toISOString()));
    });
  }
});

test("the axis of a chart has each midnight once, also after the clocks have changed", () => {
  const clock = zoneClock("Europe/Berlin");
  const [from, to] = [Date.parse("2026-10-22T12:00Z"), Date.parse("2026-10-28T12:00Z")];
  const plot = { left: 0, top: 0, width: 500, height: 100 };
  const { ticks } = timeScale(from, to, plot, { clock, words: (millis) => clock.write(millis) });
  expect(ticks.map(({ text }) => text)).toEqual([23, 24, 25, 26, 27, 28].map((day) => `2026-10-${day}T00:00`));
});

test("the clock of the browser's own zone is that of the zone by its name", () => {
  const own = browserClock();
  const named = zoneClock(own.zone);
  const moments = ["2026-01-15T12:00Z", "2026-07-15T12:00Z", "1999-10-31T00:30Z"].map((text) => Date.parse(text));
  expect(moments.map(own.local)).toEqual(moments.map(named.local));
  expect(moments.map(own.nameAt)).toEqual(moments.map(named.nameAt));
});
