// The machine's clock is set forward or back while runs execute and schedules wait: no run is called lost that lives, one that
// is lost is found, every scheduled time has one run, and the states of a run stay in their order.
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { createLostRuns, type LostRuns } from "#server/loops/lost-runs.ts";
import { createScheduler } from "#server/loops/scheduler.ts";
import { sendHeartbeats } from "#wire/runs/heartbeats.ts";
import { listFlowRunStates } from "#wire/runs/states.ts";
import { type TestApp, testApp } from "../../app.ts";
import { makeDeployment, makeFlowRun } from "../../factory.ts";
import { flowRun, propose } from "../proposals.ts";

const PERIOD = 30;
const BEAT = 10;
const HOUR = 3600;

let app: TestApp;
let loop: LostRuns;
beforeEach(() => {
  app = testApp();
  loop = createLostRuns(app.app.context);
});
afterEach(async () => {
  await loop.stop();
  await app.close();
});

/** Lets time pass, with a pass of the loop every five seconds and a heartbeat of these every ten. Gives how many were lost. */
async function live(seconds: number, ...alive: string[]): Promise<number> {
  let lost = 0;
  for (let passed = 0; passed < seconds; passed += 5) {
    app.clock.advance(5);
    if (passed % BEAT === 0 && alive.length > 0) await app.call(sendHeartbeats, { body: { flow_run_ids: alive } });
    lost += await loop.runOnce();
  }
  return lost;
}

for (const step of [HOUR, 14, 1, -1, -14, -HOUR, -24 * HOUR]) {
  test(`a clock that is set by ${step} s calls no run lost that lives, and finds the one that does not`, async () => {
    const [living, silent] = await Promise.all([
      makeFlowRun(app, { state: { type: "RUNNING" } }),
      makeFlowRun(app, { state: { type: "RUNNING" } }),
    ]);
    expect(await live(2 * PERIOD, living.id, silent.id)).toBe(0);
    app.clock.step(step);
    expect(await live(3 * PERIOD, living.id)).toBe(1);
    expect((await flowRun(app, living.id)).state_type).toBe("RUNNING");
    expect((await flowRun(app, silent.id)).state_type).toBe("CRASHED");
  });
}

describe("a schedule", () => {
  for (const step of [HOUR, -HOUR, 90, -90]) {
    test(`has one run for each of its times when the clock is set by ${step} s`, async () => {
      await makeDeployment(app, { schedule: { interval: 60, anchor_date: "2023-01-01T00:00:00Z" } });
      const scheduler = createScheduler(app.app.context);
      await scheduler.runOnce();
      app.clock.step(step);
      await scheduler.runOnce();
      app.clock.step(-step);
      await scheduler.runOnce();
      const rows = await app.db.read((q) =>
        q.all<{ due: string }>("select next_scheduled_start_time as due from flow_run order by due"),
      );
      expect(rows.length).toBeGreaterThan(60);
      expect(new Set(rows.map(({ due }) => due)).size).toBe(rows.length);
      await scheduler.stop();
    });
  }
});

test("the states of a run stay in their order when the clock is set back between them", async () => {
  const run = await makeFlowRun(app, { state: { type: "PENDING" } });
  app.clock.step(-HOUR);
  await propose(app, "flow_runs", run.id, { type: "RUNNING" });
  app.clock.step(-HOUR);
  await propose(app, "flow_runs", run.id, { type: "COMPLETED" });
  const states = await app.call(listFlowRunStates, { query: { flow_run_id: run.id } });
  expect(states.map(({ type }) => type)).toEqual(["PENDING", "RUNNING", "COMPLETED"]);
  const times = states.map(({ timestamp }) => timestamp);
  expect(times).toEqual(times.toSorted());
  expect(new Set(times).size).toBe(3);
  const ended = await flowRun(app, run.id);
  expect(ended.total_run_time).toBeGreaterThanOrEqual(0);
  expect((ended.end_time ?? "") >= (ended.start_time ?? "")).toBe(true);
});
