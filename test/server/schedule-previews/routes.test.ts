// What a schedule means before it is saved, and the runs that deployments will have.
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { createDeploymentFlowRun, setScheduleInactive } from "#wire/deployments/deployments.ts";
import { previewSchedule, readUpcomingRuns } from "#wire/deployments/schedule-previews.ts";
import type { ScheduleInput } from "#wire/deployments/schedules.ts";
import type { CallInput } from "#wire/endpoint.ts";
import { type TestApp, testApp } from "../../app.ts";
import { makeDeployment } from "../../factory.ts";

let app: TestApp;
beforeEach(() => {
  app = testApp({ services: false });
});
afterEach(() => app.close());

type Preview = CallInput<typeof previewSchedule>["body"];
const preview = (schedule: ScheduleInput, more: Partial<Preview> = {}) =>
  app.call(previewSchedule, { body: { schedule, ...more } });

describe("issue 13.3: a schedule that is being written", () => {
  test("in words, with its next ten runs in its zone and the reader's", async () => {
    const { problem, words, timezone, runs } = await preview(
      { cron: "0 9 * * *", timezone: "Europe/Berlin" },
      { reader_timezone: "Asia/Tokyo" },
    );
    expect([problem, words, timezone, runs.length]).toEqual([null, "Every day, at 09:00", "Europe/Berlin", 10]);
    expect(runs[0]).toEqual({
      ...{
        time: "2026-11-24T08:00:00.000000+00:00",
        local: "2026-11-24T09:00:00+01:00",
        reader: "2026-11-24T17:00:00+09:00",
      },
      ...{ mark: null, note: null },
    });
  });

  test("with a mark where a clock change moves a run, doubles one, or lies between two", async () => {
    const marks = async (cron: string, after: string) => {
      const { runs } = await preview({ cron, timezone: "Europe/Berlin" }, { after, count: 3 });
      return runs.map(({ local, mark, note }) => [local, mark, note]);
    };
    expect(await marks("30 2 * * *", "2027-03-27T12:00:00Z")).toEqual([
      ["2027-03-28T03:30:00+02:00", "moved", "clocks forward 1 h, moved: 02:30 does not exist"],
      ["2027-03-29T02:30:00+02:00", null, null],
      ["2027-03-30T02:30:00+02:00", null, null],
    ]);
    expect((await marks("30 2 * * *", "2027-10-30T12:00:00Z"))[0]?.[1]).toBe("doubled");
    expect((await marks("0 9 * * *", "2027-10-30T12:00:00Z"))[0]?.slice(1)).toEqual(["changed", "clocks back 1 h"]);
  });

  const PROBLEMS: [schedule: ScheduleInput, field: string, part: string][] = [
    [{ cron: "61 * * * *" }, "cron", "'61' is no minute (0 to 59)"],
    [{ cron: "every day" }, "cron", "it has 2 fields instead of five"],
    [{ cron: "0 9 * * *", timezone: "europe/berlin" }, "timezone", "Did you mean 'Europe/Berlin'?"],
    [{ interval: 0 }, "interval", "must be positive"],
    [{ interval: 60, anchor_date: "yesterday" }, "anchor_date", "invalid datetime"],
    [{ rrule: "FREQ=OFTEN" }, "rrule", "FREQ is one of"],
  ];
  for (const [schedule, field, part] of PROBLEMS) {
    test(`one sentence names the field: ${JSON.stringify(schedule)}`, async () => {
      const { problem, words, runs } = await preview(schedule);
      expect([problem?.field as string, words, runs]).toEqual([field, null, []]);
      expect(problem?.sentence).toContain(part);
      expect(problem?.sentence).not.toContain("\n");
    });
  }

  test("one that has come to its end has fewer runs, and no count has none", async () => {
    const { runs, words } = await preview({ rrule: "DTSTART:20261101T000000\nRRULE:FREQ=DAILY;COUNT=24" });
    expect([runs.map(({ local }) => local), words]).toEqual([
      ["2026-11-24T00:00:00+00:00"],
      "Every day, 24 times in all",
    ]);
    expect((await preview({ interval: 60 }, { count: 0 })).runs).toEqual([]);
  });

  test("a body that is none, too many runs and a reader in no zone are refused", async () => {
    const refused = async (body: object) =>
      (await app.send("POST", "/orch/schedules/preview", body)) as { status: number; body: unknown };
    expect((await refused({ schedule: { cron: "* * * * *" }, count: 101 })).status).toBe(422);
    expect((await refused({})).status).toBe(422);
    expect(await refused({ schedule: { interval: 60 }, reader_timezone: "Middle/Earth" })).toEqual({
      status: 422,
      body: { detail: "'reader_timezone' is no time zone: 'Middle/Earth'." },
    });
  });
});

describe("the runs that deployments will have", () => {
  const upcoming = (body: CallInput<typeof readUpcomingRuns>["body"] = {}) => app.call(readUpcomingRuns, { body });

  test("are those of their schedules and those planned by hand, of a paused one the latter alone", async () => {
    const daily = await makeDeployment(app, { name: "a", schedule: { cron: "0 9 * * *", timezone: "UTC" } });
    const later = "2026-11-25T10:00:00+00:00";
    const state = { type: "SCHEDULED" as const, state_details: { scheduled_time: later } };
    const run = await app.call(createDeploymentFlowRun, { params: { id: daily.id }, body: { name: "by-hand", state } });
    await makeDeployment(app, { name: "b" });
    const { count, deployments, until } = await upcoming({ days: 3 });
    expect([count, until]).toEqual([2, "2026-11-26T12:00:00.000000+00:00"]);
    const planned = [{ flow_run_id: run.id, name: "by-hand", at: Date.parse(later) }];
    expect(deployments).toMatchObject([
      {
        ...{ id: daily.id, notes: [], left_out: false, planned },
        times: ["2026-11-24T09:00:00Z", "2026-11-25T09:00:00Z", "2026-11-26T09:00:00Z"].map(Date.parse),
      },
      { times: [], planned: [] },
    ]);
    await app.call(setScheduleInactive, { params: { id: daily.id } });
    expect((await upcoming({ days: 3 })).deployments[0]).toMatchObject({ times: [], planned });
  });

  test("have a note where the clocks change, and say when there are more", async () => {
    app.clock.advance((Date.parse("2027-03-26T12:00:00Z") - app.clock.now()) / 1000);
    const { id } = await makeDeployment(app, { schedule: { cron: "30 2 * * *", timezone: "Europe/Berlin" } });
    const [found] = (await upcoming({ deployments: { id: { any_: [id] } } })).deployments;
    expect(found?.times).toHaveLength(7);
    expect(found?.notes).toEqual([
      { index: 1, mark: "moved", note: "clocks forward 1 h, moved: 02:30 does not exist" },
    ]);
    const [cut] = (await upcoming({ limit: 2 })).deployments;
    expect([cut?.times.length, cut?.left_out]).toEqual([2, true]);
  });
});
