// Every schedule of the contract, with the dates the old server gave. A thousand random ones are in report.test.ts.
import { expect, test } from "bun:test";
import * as v from "valibot";
import { checkSchedule, dates } from "#domain/schedules/expand.ts";
import { schedule } from "#wire/schedules.ts";
import vectors from "../../fixtures/schedule-vectors.json";

const NOW = "2023-01-01T00:00:00.000000+00:00";

/** Rows marked as quirks whose old dates do not match their own expression: ours do, once each. By their place in the file. */
const SANE: Record<number, string[]> = {
  145: [
    "2023-03-26T02:00:00+01:00",
    "2023-03-27T02:00:00+01:00",
    "2023-03-28T02:00:00+01:00",
    "2023-03-29T02:00:00+01:00",
  ],
  146: [
    "2023-10-29T02:00:00+00:00",
    "2023-10-30T02:00:00+00:00",
    "2023-10-31T02:00:00+00:00",
    "2023-11-01T02:00:00+00:00",
  ],
  // Half past one is in the gap: an hour later.
  151: [
    "2023-03-26T02:30:00+01:00",
    "2023-03-27T01:30:00+01:00",
    "2023-03-28T01:30:00+01:00",
    "2023-03-29T01:30:00+01:00",
  ],
};

const label = (given: object) => Object.values(given).join(" ").replaceAll("\n", " ") || "{}";
const utc = (dates: readonly string[]) => dates.map((date) => new Date(date).toISOString());

for (const [index, vector] of vectors.entries()) {
  const { invalid, start = "", end, n: limit = 0, dates_utc: old = [] } = vector;
  const check = () => checkSchedule(v.parse(schedule(), vector.schedule), NOW);
  if (invalid) {
    test(`#${index} refuses ${label(vector.schedule)}`, () => {
      expect(check).toThrow();
    });
    continue;
  }
  test(`#${index} expands ${label(vector.schedule)} from ${start}${SANE[index] ? ", in its own way" : ""}`, () => {
    const bounds = { start: Date.parse(start), limit, ...(end ? { end: Date.parse(end) } : {}) };
    const found = [...dates(check(), bounds)].map(({ text }) => text);
    expect(utc(found)).toEqual(utc(SANE[index] ?? old));
  });
}

test("only quirks are expanded in a way of our own, and differ there", () => {
  for (const [index, dates] of Object.entries(SANE)) {
    const vector = vectors[Number(index)];
    expect(vector?.quirk).toBe(true);
    expect(utc(vector?.dates_utc ?? [])).not.toEqual(utc(dates));
  }
});
