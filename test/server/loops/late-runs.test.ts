import { afterAll, beforeEach, describe, expect, test } from "bun:test";
import { lateRuns } from "#server/flow-runs/store.ts";
import type { ServerEvent } from "#server/kernel/event-hub.ts";
import { createLateRuns } from "#server/loops/late-runs.ts";
import { createFlowRun } from "#wire/runs/flow-runs.ts";
import type { StateInput } from "#wire/runs/states.ts";
import { testApp } from "../../app.ts";
import { makeFlow, makeFlowRun } from "../../factory.ts";
import { plansOf } from "../plans.ts";
import { flowRun, inSeconds, walk } from "../proposals.ts";

const app = testApp();
const late = createLateRuns(app.app.context);
afterAll(async () => {
  await late.stop();
  await app.close();
});
// Whatever an earlier test left.
beforeEach(() => late.runOnce());

const due = (seconds: number, name?: string): StateInput => ({
  type: "SCHEDULED",
  ...(name === undefined ? {} : { name }),
  state_details: { scheduled_time: inSeconds(app, seconds) },
});

test("a run that nobody started five seconds after its time is Late, and still scheduled for it", async () => {
  const run = await makeFlowRun(app, { state: due(10) });
  app.clock.advance(14.999);
  expect(await late.runOnce()).toBe(0);
  app.clock.advance(0.001);
  expect(await late.runOnce()).toBe(1);
  const { state, ...after } = await flowRun(app, run.id);
  expect(after).toMatchObject({
    ...{ state_type: "SCHEDULED", state_name: "Late", expected_start_time: run.expected_start_time },
    next_scheduled_start_time: run.next_scheduled_start_time,
  });
  expect(state?.id).not.toBe(run.state?.id);
  expect(state?.state_details.scheduled_time).toBe(run.next_scheduled_start_time);
});

test("a run is marked once", async () => {
  await makeFlowRun(app, { state: due(-10) });
  expect([await late.runOnce(), await late.runOnce()]).toEqual([1, 0]);
});

test("a late run is claimed and run like any other", async () => {
  const run = await makeFlowRun(app, { state: due(-10) });
  await late.runOnce();
  expect(await walk(app, "flow_runs", run.id, ["PENDING", "RUNNING"])).toEqual([
    "ACCEPT PENDING/Pending",
    "ACCEPT RUNNING/Running",
  ]);
});

describe("a run is left alone", () => {
  const cases: [string, StateInput][] = [
    ["that waits for its retry", due(-60, "AwaitingRetry")],
    ["that resumes", due(-60, "Resuming")],
    ["that was claimed", { type: "PENDING" }],
    ["that is named Scheduled and is not", { type: "RUNNING", name: "Scheduled" }],
    ["that is not due yet", due(60)],
  ];
  for (const [what, state] of cases) {
    test(what, async () => {
      const run = await makeFlowRun(app, { state });
      expect(await late.runOnce()).toBe(0);
      expect((await flowRun(app, run.id)).state?.id).toBe(run.state?.id);
    });
  }
});

test("hundreds are marked in one pass, those that wait for work hear of it", async () => {
  const flow = await makeFlow(app);
  const create = () => app.call(createFlowRun, { body: { flow_id: flow.id, state: due(-60) } });
  await Promise.all(Array.from({ length: 250 }, create));
  const events: ServerEvent[] = [];
  const stop = app.app.context.events.subscribe((event) => events.push(event));
  expect(await late.runOnce()).toBe(250);
  stop();
  expect(events.filter((event) => event.type === "flow-run-state").length).toBe(250);
  const { body } = await app.send("POST", "/flow_runs/count", {
    flows: { id: { any_: [flow.id] } },
    flow_runs: { state: { name: { any_: ["Late"] } } },
  });
  expect(body).toBe(250 as never);
});

test("a pass that finds nothing writes nothing", async () => {
  const written: unknown[] = [];
  const { context } = app.app;
  const write = <T>(work: never): Promise<T> => {
    written.push(work);
    return context.db.write<T>(work);
  };
  const db = { ...context.db, write };
  const idle = createLateRuns({ ...context, db });
  expect(await idle.runOnce()).toBe(0);
  expect(written).toEqual([]);
  await idle.stop();
});

test("late runs are found by an index, in its order, however many runs there are", async () => {
  const [plan] = await plansOf(app, (q) => lateRuns(q, inSeconds(app, 0), 1));
  expect(plan).toBe("SEARCH flow_run USING INDEX flow_run_due (next_scheduled_start_time<?)");
});

test("the loop passes every five seconds, and survives a pass that fails", async () => {
  const logged: string[] = [];
  const looks: number[] = [];
  const { context } = app.app;
  let failing = true;
  let looked = () => {};
  const read = <T>(work: never): Promise<T> => {
    looks.push(app.clock.now());
    setImmediate(() => looked());
    if (failing) return Promise.reject(new Error("disk gone"));
    return context.db.read<T>(work);
  };
  const loop = createLateRuns({ ...context, db: { ...context.db, read }, log: (line) => logged.push(line) });
  const nextLook = () => new Promise<void>((resolve) => (looked = resolve));
  let look = nextLook();
  loop.start();
  await look;
  failing = false;
  look = nextLook();
  app.clock.advance(5);
  await look;
  await loop.stop();
  expect(logged).toEqual(["Looking for late runs failed: disk gone"]);
  expect((looks[1] ?? 0) - (looks[0] ?? 0)).toBe(5_000);
});
