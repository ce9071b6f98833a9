// Words for moments: what the old command line made of each at 2026-11-23T14:30:15 UTC, a Monday, and what we make of it.
import { describe, expect, test } from "bun:test";
import { readStartTime } from "#cli/options/start-time.ts";
import recorded from "../../fixtures/start-times.json";

const NOW = Date.parse("2026-11-23T14:30:15Z");
const RECORDED = recorded as [option: "in" | "at", words: string, moment: string | null][];

const read = (option: "in" | "at", words: string): string | null => {
  try {
    return readStartTime({ [option]: words }, NOW).slice(0, 19);
  } catch {
    return null;
  }
};

/** Understood here, not there; or the other way round; or understood otherwise. */
const DIFFERENT: Record<string, [here: string | null, reason: string]> = {
  "in half an hour": ["2026-11-23T15:00:15", "it makes sense"],
  "in a few minutes": ["2026-11-23T14:33:15", "it makes sense"],
  "in 3 decades": [null, "nobody plans by the decade"],
  "at tonight": ["2026-11-23T22:00:00", "it makes sense"],
  "at next monday": ["2026-11-30T00:00:00", "it makes sense"],
  "at next friday": ["2026-12-04T00:00:00", "it makes sense: the Friday of next week"],
  "at 1 hour from now": ["2026-11-23T15:30:15", "it makes sense"],
  "at 2 days from now": ["2026-11-25T14:30:15", "it makes sense"],
  "at 5 o'clock": ["2026-11-24T05:00:00", "it makes sense"],
  "at end of month": ["2026-11-30T00:00:00", "it makes sense"],
  "at first of january": ["2027-01-01T00:00:00", "it makes sense"],
  "at next tuesday 8am": ["2026-12-01T08:00:00", "it makes sense"],
  "at saturday night": ["2026-11-28T20:00:00", "it makes sense"],
  "at 12:30 am CET": ["2026-11-23T23:30:00", "the next one; the old one took one of yesterday"],
  "at 5pm PST": ["2026-11-24T01:00:00", "the next one; the old one took the one after"],
  "at 23 November, 12pm EST": ["2026-11-23T17:00:00", "it is still to come; the old one took that of next year"],
  "in 3 mos": ["2027-02-23T14:30:15", "it makes sense"],
  "at 5pm BST": ["2026-11-23T16:00:00", "British Summer Time; the old one took Bougainville's"],
  "at 5pm IST": ["2026-11-24T11:30:00", "Indian Standard Time; the old one took Israel's"],
  "at tues": [null, "the short form is Tue"],
  "at 2027": [null, "a year is no moment"],
  "at 8": [null, "a bare number may be an hour or a day; the old one took it for the month of August"],
  "at January": [null, "a month is no moment; the old one filled in today's day"],
  "at December": [null, "a month is no moment; the old one filled in today's day"],
  "at 1730": [null, "a time has a colon; the old one took it for the year"],
  "in 10": [null, "of what? The old one took it for October"],
  "in -5 minutes": [null, "refused rather than read as five minutes"],
  "in 10 minutes 5 minutes": [null, "refused rather than read as five minutes"],
  "in 2.5 weeks": [null, "refused rather than rounded to days"],
  "at next month midnight": [null, "refused rather than misread"],
  "at 29 Feb": [null, "there is none next year"],
  "at the 15th": [null, "the old one took the 15th of this month, which is past"],
  "at tomorrow 17:00Z": [null, "it is UTC without the Z"],
  "at 9:05 Dec 5": [null, "the day comes first"],
  "at day after tomorrow": [null, "refused rather than misread; `in 2 days` says it"],
};

describe("as the old command line reads it", () => {
  for (const [option, words, moment] of RECORDED) {
    if (`${option} ${words}` in DIFFERENT) continue;
    test(`--start-${option} "${words}"`, () => {
      expect(read(option, words)).toBe(moment?.slice(0, 19) ?? null);
    });
  }
});

test("the phrases are more than eighty, and most are read alike", () => {
  expect(RECORDED.length).toBeGreaterThan(200);
  expect(Object.keys(DIFFERENT).length).toBeLessThan(RECORDED.length / 5);
});

describe("otherwise, on purpose", () => {
  for (const [phrase, [here, reason]] of Object.entries(DIFFERENT)) {
    test(`${phrase}: ${reason}`, () => {
      const [option, words, moment] = RECORDED.find(([option, words]) => `${option} ${words}` === phrase) ?? [];
      expect(moment).not.toBeUndefined();
      expect(moment?.slice(0, 19) ?? null).not.toBe(here);
      expect(read(option ?? "at", words ?? "")).toBe(here);
    });
  }
});

test("without words it is now", () => {
  expect(readStartTime({}, NOW)).toStartWith("2026-11-23T14:30:15");
});

test("what cannot be read is one sentence with the words in it; both options are one too many", () => {
  expect(() => readStartTime({ in: "X" }, NOW)).toThrow("Unable to parse scheduled start time 'in X'.");
  expect(() => readStartTime({ at: "some day" }, NOW)).toThrow("Unable to parse scheduled start time 'at some day'.");
  expect(() => readStartTime({ in: "1 h", at: "5pm" }, NOW)).toThrow(
    "Only one of `--start-in` or `--start-at` can be set, not both.",
  );
});
