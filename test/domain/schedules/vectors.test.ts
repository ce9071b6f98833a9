// Every schedule of the contract, with the dates the old server gave. A thousand random ones are in report.test.ts.
import { expect, test } from "bun:test";
import * as v from "valibot";
import { checkSchedule, dates } from "#domain/schedules/expand.ts";
import { createZones } from "#domain/schedules/zone.ts";
import { schedule } from "#wire/deployments/schedules.ts";
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

/** Beside a change of the clocks: whole days keep their hour, and the hour that comes twice runs twice. */
const BESIDE_CHANGES: Record<number, string[]> = {
  12: [
    "2023-11-05T01:00:00-04:00",
    "2023-11-05T01:15:00-04:00",
    "2023-11-05T01:30:00-04:00",
    "2023-11-05T01:45:00-04:00",
    "2023-11-05T01:00:00-05:00",
    "2023-11-05T01:15:00-05:00",
  ],
  82: [
    "2023-11-04T09:00:00-04:00",
    "2023-11-04T10:00:00-04:00",
    "2023-11-04T11:00:00-04:00",
    "2023-11-04T12:00:00-04:00",
    "2023-11-04T13:00:00-04:00",
    "2023-11-04T14:00:00-04:00",
    "2023-11-04T15:00:00-04:00",
    "2023-11-04T16:00:00-04:00",
    "2023-11-04T17:00:00-04:00",
    "2023-11-04T18:00:00-04:00",
    "2023-11-04T19:00:00-04:00",
    "2023-11-04T20:00:00-04:00",
    "2023-11-04T21:00:00-04:00",
    "2023-11-04T22:00:00-04:00",
    "2023-11-04T23:00:00-04:00",
    "2023-11-05T00:00:00-04:00",
    "2023-11-05T01:00:00-04:00",
    "2023-11-05T01:00:00-05:00",
    "2023-11-05T02:00:00-05:00",
    "2023-11-05T03:00:00-05:00",
  ],
  84: [
    "2023-03-12T03:30:00-04:00",
    "2023-03-13T02:30:00-04:00",
    "2023-03-14T02:30:00-04:00",
    "2023-03-15T02:30:00-04:00",
  ],
  127: [
    "2023-11-05T00:00:00-04:00",
    "2023-11-05T01:00:00-04:00",
    "2023-11-05T01:00:00-05:00",
    "2023-11-05T02:00:00-05:00",
    "2023-11-05T03:00:00-05:00",
    "2023-11-05T04:00:00-05:00",
    "2023-11-05T05:00:00-05:00",
    "2023-11-05T06:00:00-05:00",
  ],
  128: [
    "2023-11-04T23:30:00-04:00",
    "2023-11-05T00:30:00-04:00",
    "2023-11-05T01:30:00-04:00",
    "2023-11-05T01:30:00-05:00",
    "2023-11-05T02:30:00-05:00",
    "2023-11-05T03:30:00-05:00",
    "2023-11-05T04:30:00-05:00",
    "2023-11-05T05:30:00-05:00",
  ],
  129: [
    "2023-11-05T01:00:00-04:00",
    "2023-11-05T01:30:00-04:00",
    "2023-11-05T01:00:00-05:00",
    "2023-11-05T01:30:00-05:00",
    "2023-11-05T02:00:00-05:00",
    "2023-11-05T02:30:00-05:00",
    "2023-11-05T03:00:00-05:00",
    "2023-11-05T03:30:00-05:00",
  ],
  134: [
    "2023-11-04T23:30:00-04:00",
    "2023-11-05T00:00:00-04:00",
    "2023-11-05T00:30:00-04:00",
    "2023-11-05T01:00:00-04:00",
    "2023-11-05T01:30:00-04:00",
    "2023-11-05T01:00:00-05:00",
  ],
  135: [
    "2023-11-04T23:30:00-04:00",
    "2023-11-05T00:30:00-04:00",
    "2023-11-05T01:30:00-04:00",
    "2023-11-05T01:30:00-05:00",
    "2023-11-05T02:30:00-05:00",
    "2023-11-05T03:30:00-05:00",
  ],
  138: [
    "2023-11-05T01:30:00-05:00",
    "2023-11-06T01:30:00-05:00",
    "2023-11-07T01:30:00-05:00",
    "2023-11-08T01:30:00-05:00",
    "2023-11-09T01:30:00-05:00",
    "2023-11-10T01:30:00-05:00",
  ],
  139: [
    "2023-11-05T08:30:00-05:00",
    "2023-11-06T09:00:00-05:00",
    "2023-11-07T09:30:00-05:00",
    "2023-11-08T10:00:00-05:00",
    "2023-11-09T10:30:00-05:00",
    "2023-11-10T11:00:00-05:00",
  ],
  140: [
    "2023-11-05T01:30:00-05:00",
    "2023-11-07T01:30:00-05:00",
    "2023-11-09T01:30:00-05:00",
    "2023-11-11T01:30:00-05:00",
    "2023-11-13T01:30:00-05:00",
    "2023-11-15T01:30:00-05:00",
  ],
  141: [
    "2023-11-04T23:30:00-04:00",
    "2023-11-05T00:30:00-04:00",
    "2023-11-05T01:30:00-04:00",
    "2023-11-05T01:30:00-05:00",
    "2023-11-05T02:30:00-05:00",
    "2023-11-05T03:30:00-05:00",
    "2023-11-05T04:30:00-05:00",
    "2023-11-05T05:30:00-05:00",
  ],
  143: [
    "2023-11-04T23:30:00-04:00",
    "2023-11-05T00:00:00-04:00",
    "2023-11-05T00:30:00-04:00",
    "2023-11-05T01:00:00-04:00",
    "2023-11-05T01:30:00-04:00",
    "2023-11-05T01:00:00-05:00",
    "2023-11-05T01:30:00-05:00",
    "2023-11-05T02:00:00-05:00",
  ],
  149: [
    "2023-10-29T01:00:00+01:00",
    "2023-10-29T01:00:00+00:00",
    "2023-10-29T02:00:00+00:00",
    "2023-10-29T03:00:00+00:00",
  ],
};

const OURS: Record<number, string[]> = { ...SANE, ...BESIDE_CHANGES };

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
  test(`#${index} expands ${label(vector.schedule)} from ${start}${OURS[index] ? ", in its own way" : ""}`, () => {
    const bounds = { start: Date.parse(start), limit, ...(end ? { end: Date.parse(end) } : {}) };
    const found = [...dates(check(), bounds)].map(({ text }) => text);
    expect(utc(found)).toEqual(utc(OURS[index] ?? old));
  });
}

test("only schedules with a change of the clocks among their dates differ beside it", () => {
  for (const [index, dates] of Object.entries(BESIDE_CHANGES)) {
    const vector = vectors[Number(index)];
    expect(utc(vector?.dates_utc ?? [])).not.toEqual(utc(dates));
    const zone = createZones().get(vector?.schedule.timezone ?? "");
    const offset = (text = "") => zone.offset(Date.parse(text));
    expect(offset(vector?.start)).not.toBe(offset(dates.at(-1)));
  }
});

test("only quirks are expanded in a way of our own, and differ there", () => {
  for (const [index, dates] of Object.entries(SANE)) {
    const vector = vectors[Number(index)];
    expect(vector?.quirk).toBe(true);
    expect(utc(vector?.dates_utc ?? [])).not.toEqual(utc(dates));
  }
});
