// What the editor of schedules makes of one, and back: nothing that was not touched changes. And tags as text.
import { describe, expect, test } from "bun:test";
import { commandOf, draftOf, scheduleOf, secondsOf } from "#ui/pages/deployment/schedule-draft.ts";
import { tagsOf, textOfTags } from "#ui/parts/text/tag-text.ts";
import type { Schedule } from "#wire/deployments/schedules.ts";

describe("a schedule that is only looked at", () => {
  const schedules: [what: string, schedule: Schedule][] = [
    ["cron", { cron: "0 5 * * *", timezone: "Asia/Tokyo", day_or: false }],
    ["interval", { interval: 5400, timezone: "Europe/Berlin", anchor_date: "2026-11-27T09:00:00+00:00" }],
    ["interval of parts of seconds", { interval: 0.25, timezone: "UTC", anchor_date: "2026-11-27T09:00:00+00:00" }],
    ["rrule", { rrule: "FREQ=WEEKLY;BYDAY=MO", timezone: "America/New_York" }],
  ];
  for (const [what, schedule] of schedules) {
    test(`stays as it is: ${what}`, () => expect(scheduleOf(draftOf(schedule, "Europe/Berlin"))).toEqual(schedule));
  }

  test("without a zone follows UTC, as it did, and not the clocks of the browser", () => {
    expect(scheduleOf(draftOf({ cron: "0 5 * * *", timezone: null, day_or: true }, "Europe/Berlin"))).toMatchObject({
      timezone: "UTC",
    });
  });
});

test("the day an interval is counted from is one of its zone, in the command too", () => {
  const draft = { ...draftOf(null, "Europe/Berlin"), kind: "interval" as const };
  const cases: [anchor: string, moment: string][] = [
    ["2026-11-27T09:00", "2026-11-27T08:00:00"],
    ["2026-07-01 09:00:30", "2026-07-01T07:00:30"],
    ["2026-11-27", "2026-11-26T23:00:00"],
    ["2026-11-27T09:00:00+00:00", "2026-11-27T09:00:00"],
    ["2026-11-27T09:00Z", "2026-11-27T09:00"],
    ["soon", "soon"],
  ];
  for (const [anchor, moment] of cases) {
    expect(scheduleOf({ ...draft, anchor })).toMatchObject({ anchor_date: expect.stringContaining(moment) });
    expect(commandOf("a/b", { ...draft, anchor }, "")).toContain(`--anchor-date ${moment}`);
  }
  expect(scheduleOf({ ...draft, zone: "Europe/Ber", anchor: "2026-11-27T09:00" })).toMatchObject({
    anchor_date: "2026-11-27T09:00",
  });
});

test("an interval is a number above 0, in digits", () => {
  expect(secondsOf({ every: "1.1", unit: "minutes" })).toBe(66);
  for (const every of ["", "0", "-1", "1e3", "0x10", "Infinity", "1,5", "0.0000001"]) {
    expect([every, secondsOf({ every, unit: "seconds" })]).toEqual([every, null]);
  }
});

describe("tags as the text of a field", () => {
  for (const tags of [
    [],
    ["a"],
    ["a", "b c"],
    ["a, b"],
    ['"a"', 'say "x", please'],
    [" a "],
    ["é 🚀", "100%"],
    ["\\"],
  ]) {
    test(JSON.stringify(tags), () => expect(tagsOf(textOfTags(tags))).toEqual(tags));
  }
  test("are each there once, and none is empty", () => {
    expect(tagsOf(" a,, b ,a , ")).toEqual(["a", "b"]);
    expect(tagsOf('a, "b')).toEqual(["a", '"b']);
  });
});
