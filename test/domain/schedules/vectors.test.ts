// Every schedule of the contract, with the dates the old server gave; and a thousand random ones, asked of it once.
import { expect, test } from "bun:test";
import * as v from "valibot";
import { checkSchedule, dates } from "#domain/schedules/expand.ts";
import { createZones } from "#domain/schedules/zone.ts";
import { schedule } from "#wire/schedules.ts";
import oracle from "../../fixtures/schedule-oracle.json";
import vectors from "../../fixtures/schedule-vectors.json";

const NOW = "2023-01-01T00:00:00.000000+00:00";
const DAY = 86_400_000;

function label(given: object): string {
  return Object.values(given).join(" ").replaceAll("\n", " ") || "{}";
}

for (const [index, vector] of vectors.entries()) {
  if (vector.invalid) {
    test(`#${index} refuses ${label(vector.schedule)}`, () => {
      expect(() => checkSchedule(v.parse(schedule(), vector.schedule), NOW)).toThrow();
    });
  } else if (!vector.quirk) {
    test(`#${index} expands ${label(vector.schedule)} from ${vector.start}`, () => {
      const checked = checkSchedule(v.parse(schedule(), vector.schedule), NOW);
      const bounds = {
        start: Date.parse(vector.start ?? ""),
        limit: vector.n ?? 0,
        ...(vector.end ? { end: Date.parse(vector.end) } : {}),
      };
      const found = [...dates(checked, bounds)].map(({ instant }) => new Date(instant).toISOString());
      expect(found).toEqual((vector.dates_utc ?? []).map((date) => new Date(date).toISOString()));
    });
  }
}

// Where the old dates do not match their own expression, ours do, once each.
const SANE = [
  ["0 2 * * *", "2023-03-26T00:10:00Z", "2023-03-26T02:00:00+01:00 2023-03-27T02:00:00+01:00"],
  ["0 2 * * *", "2023-10-28T23:10:00Z", "2023-10-29T02:00:00+00:00 2023-10-30T02:00:00+00:00"],
  ["30 1 * * *", "2023-03-26T00:10:00Z", "2023-03-26T02:30:00+01:00 2023-03-27T01:30:00+01:00"],
] as const;

test.each(SANE)("'%s' in London from %s fires at the nearest sane instants", (cron, start, expected) => {
  const found = dates({ cron, timezone: "Europe/London", day_or: true }, { start: Date.parse(start), limit: 2 });
  expect([...found].map(({ text }) => text).join(" ")).toBe(expected);
});

test("random schedules give the dates of the old server, with the texts of its idempotency keys", () => {
  const zones = createZones();
  const wrong: unknown[] = [];
  for (const row of oracle) {
    const checked = checkSchedule(v.parse(schedule(), row.schedule), NOW);
    const start = Date.parse(row.start);
    // Rules were asked for this long, so that one without further dates ends.
    const bounds = { start, limit: row.n, ...("rrule" in row.schedule ? { end: start + 3000 * DAY } : {}) };
    const found = [...dates(checked, bounds, zones)].map(({ text }) => text);
    if (found.join() !== row.dates.join()) wrong.push({ ...row, found });
  }
  expect(wrong).toEqual([]);
  expect(oracle.length).toBeGreaterThan(900);
});
