// What `orch deployment preview` says about the clocks.
import { describe, expect, test } from "bun:test";
import { clockNotes, notesText } from "#domain/schedules/clock-notes.ts";
import { dates } from "#domain/schedules/expand.ts";
import { createZones } from "#domain/schedules/zone.ts";
import type { Schedule } from "#wire/deployments/schedules.ts";

const zones = createZones();

/** The runs from `start` on, each with its notes. */
function noted(schedule: Schedule, start: string, limit: number): string[] {
  const zone = zones.get(schedule.timezone ?? "UTC");
  const found = [...dates(schedule, { start: Date.parse(start), limit }, zones)];
  return found.map((date, index) => {
    const notes = notesText(clockNotes(zone, date, found[index - 1]?.instant ?? Date.parse(start)));
    return `${date.text}${notes && ` ${notes}`}`;
  });
}

const cron = (text: string, timezone: string): Schedule => ({ cron: text, timezone, day_or: true });
const rrule = (text: string, timezone: string): Schedule => ({ rrule: `DTSTART:20230101\n${text}`, timezone });

describe("a run that a gap swallows", () => {
  test("of a cron schedule comes as much later, and is marked", () => {
    expect(noted(cron("30 2 * * *", "Europe/Berlin"), "2023-03-25T00:00:00Z", 3)).toEqual([
      "2023-03-25T02:30:00+01:00",
      "2023-03-26T03:30:00+02:00 clocks forward 1 h, moved: 02:30 does not exist",
      "2023-03-27T02:30:00+02:00",
    ]);
  });
  test("of a rule comes as much earlier", () => {
    expect(noted(rrule("RRULE:FREQ=DAILY;BYHOUR=2;BYSECOND=5", "Europe/Berlin"), "2023-03-26T00:00:00Z", 2)).toEqual([
      "2023-03-26T01:00:05+01:00 moved: 02:00:05 does not exist",
      "2023-03-27T02:00:05+02:00 clocks forward 1 h",
    ]);
  });
  test("of half an hour too", () => {
    expect(noted(cron("15 2 * * *", "Australia/Lord_Howe"), "2023-09-30T00:00:00Z", 2)).toEqual([
      "2023-10-01T02:45:00+11:00 clocks forward 30 min, moved: 02:15 does not exist",
      "2023-10-02T02:15:00+11:00",
    ]);
  });
});

describe("a run in a repeated hour", () => {
  test("of a cron schedule is the second, of a rule the first", () => {
    expect(noted(cron("30 2 * * *", "Europe/Berlin"), "2023-10-29T00:00:00Z", 2)).toEqual([
      "2023-10-29T02:30:00+01:00 clocks back 1 h, comes twice: the second time",
      "2023-10-30T02:30:00+01:00",
    ]);
    expect(noted(rrule("RRULE:FREQ=DAILY;BYHOUR=2", "Europe/Berlin"), "2023-10-29T00:00:00Z", 2)).toEqual([
      "2023-10-29T02:00:00+02:00 comes twice: the first time",
      "2023-10-30T02:00:00+01:00 clocks back 1 h",
    ]);
  });
});

test("the first run after a change says so, others say nothing", () => {
  expect(noted(cron("0 9 * * *", "America/New_York"), "2023-03-11T18:00:00Z", 2)).toEqual([
    "2023-03-12T09:00:00-04:00 clocks forward 1 h",
    "2023-03-13T09:00:00-04:00",
  ]);
  expect(noted(cron("0 9 * * *", "UTC"), "2023-03-11T18:00:00Z", 2).join()).not.toContain(" ");
});

test("a change where the reader is, is told apart; one of both places is said once", () => {
  const none = { clock_change: 0, moved_from: null, repeated: null };
  expect(notesText(none, 60)).toBe("yours forward 1 h");
  expect(notesText({ ...none, clock_change: 60 }, -30)).toBe("clocks forward 1 h, yours back 30 min");
  expect(notesText({ ...none, clock_change: 60 }, 60)).toBe("clocks forward 1 h");
});

test("an interval of hours is elapsed time: nothing is moved", () => {
  const hourly: Schedule = { interval: 3600, anchor_date: "2023-01-01T00:30:00Z", timezone: "Europe/Berlin" };
  expect(noted(hourly, "2023-10-29T00:00:00Z", 3)).toEqual([
    "2023-10-29T02:30:00+02:00 comes twice: the first time",
    "2023-10-29T02:30:00+01:00 clocks back 1 h, comes twice: the second time",
    "2023-10-29T03:30:00+01:00",
  ]);
});
