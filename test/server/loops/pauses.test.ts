import { afterAll, beforeEach, describe, expect, test } from "bun:test";
import { pausedRuns } from "#server/flow-runs/store.ts";
import { createPauses } from "#server/loops/pauses.ts";
import { resumeFlowRun } from "#wire/runs/flow-runs.ts";
import type { StateInput } from "#wire/runs/states.ts";
import { testApp } from "../../app.ts";
import { makeDeployment, makeFlow, makeFlowRun } from "../../factory.ts";
import { plansOf } from "../plans.ts";
import { flowRun, inSeconds, propose, walk } from "../proposals.ts";

const app = testApp();
const pauses = createPauses(app.app.context);
afterAll(async () => {
  await pauses.stop();
  await app.close();
});
// Whatever an earlier test left.
beforeEach(async () => {
  app.clock.advance(1000);
  await pauses.runOnce();
});

const paused = (seconds: number | null, details: StateInput["state_details"] = {}): StateInput => ({
  type: "PAUSED",
  state_details: { pause_timeout: seconds === null ? null : inSeconds(app, seconds), ...details },
});

async function pausedRun(seconds: number | null, fields: Parameters<typeof makeFlowRun>[1] = {}) {
  const run = await makeFlowRun(app, { state: { type: "RUNNING" }, ...fields });
  const seen = await propose(app, "flow_runs", run.id, paused(seconds));
  expect(seen.status).toBe("ACCEPT");
  return run;
}

test("a run that was not resumed in time fails, the very moment its pause is over and not before", async () => {
  const run = await pausedRun(10);
  app.clock.advance(10);
  expect(await pauses.runOnce()).toBe(0);
  app.clock.advance(0.001);
  expect(await pauses.runOnce()).toBe(1);
  const { state, end_time } = await flowRun(app, run.id);
  expect(state).toMatchObject({ type: "FAILED", name: "Failed", message: "The flow was paused and never resumed." });
  expect(end_time).not.toBeNull();
  expect(await pauses.runOnce()).toBe(0);
});

test("it fails although it has retries left, as on the old server", async () => {
  const run = await pausedRun(1, { empirical_policy: { retries: 3 } });
  app.clock.advance(2);
  await pauses.runOnce();
  expect((await flowRun(app, run.id)).state_name).toBe("Failed");
});

describe("a run is left alone", () => {
  test("whose pause has no end", async () => {
    const run = await pausedRun(null);
    app.clock.advance(1e6);
    expect(await pauses.runOnce()).toBe(0);
    expect((await flowRun(app, run.id)).state_type).toBe("PAUSED");
    await walk(app, "flow_runs", run.id, ["COMPLETED"]);
  });

  test("that was resumed in time", async () => {
    const run = await pausedRun(10);
    await app.call(resumeFlowRun, { params: { id: run.id }, body: {} });
    app.clock.advance(11);
    expect(await pauses.runOnce()).toBe(0);
    expect((await flowRun(app, run.id)).state_type).toBe("RUNNING");
  });

  test("that was resumed between the look and the write", async () => {
    const run = await pausedRun(10);
    app.clock.advance(11);
    const { context } = app.app;
    const db = {
      ...context.db,
      write: async <T>(work: never): Promise<T> => {
        await propose(app, "flow_runs", run.id, { type: "RUNNING" }, { force: true });
        return context.db.write<T>(work);
      },
    };
    const raced = createPauses({ ...context, db });
    expect(await raced.runOnce()).toBe(0);
    expect((await flowRun(app, run.id)).state_type).toBe("RUNNING");
    await raced.stop();
  });
});

test("a run that waits for its resume by a new process fails too", async () => {
  const deployment = await makeDeployment(app);
  const { flow_id, id: deployment_id } = deployment;
  const run = await makeFlowRun(app, { flow_id, deployment_id, state: { type: "RUNNING" } });
  await propose(app, "flow_runs", run.id, paused(5, { pause_reschedule: true }));
  app.clock.advance(6);
  expect(await pauses.runOnce()).toBe(1);
  expect((await flowRun(app, run.id)).state_type).toBe("FAILED");
});

test("hundreds fail in one pass, past any number that goes on", async () => {
  const flow = await makeFlow(app);
  const make = (seconds: number | null) => pausedRun(seconds, { flow_id: flow.id });
  const lasting = await Promise.all(Array.from({ length: 210 }, () => make(3600)));
  await Promise.all(Array.from({ length: 215 }, () => make(1)));
  app.clock.advance(2);
  expect(await pauses.runOnce()).toBe(215);
  expect((await flowRun(app, lasting[0]?.id ?? "")).state_type).toBe("PAUSED");
});

test("a pass that finds nothing writes nothing", async () => {
  await pausedRun(100);
  const { context } = app.app;
  let writes = 0;
  const write = <T>(work: never): Promise<T> => {
    writes++;
    return context.db.write<T>(work);
  };
  const idle = createPauses({ ...context, db: { ...context.db, write } });
  expect(await idle.runOnce()).toBe(0);
  expect(writes).toBe(0);
  await idle.stop();
});

test("paused runs are found by an index, however many runs there are", async () => {
  const [plan] = await plansOf(app, (q) => pausedRuns(q, "", 1));
  expect(plan).toContain("SEARCH flow_run USING INDEX flow_run_state_time (state_type=?)");
});

test("the loop passes every five seconds, and survives a pass that fails", async () => {
  const logged: string[] = [];
  const { context } = app.app;
  let failing = true;
  let looked = () => {};
  const looks: number[] = [];
  const read = <T>(work: never): Promise<T> => {
    looks.push(app.clock.now());
    setImmediate(() => looked());
    return failing ? Promise.reject(new Error("disk gone")) : context.db.read<T>(work);
  };
  const loop = createPauses({ ...context, db: { ...context.db, read }, log: (line) => logged.push(line) });
  const nextLook = () => new Promise<void>((resolve) => (looked = resolve));
  let look = nextLook();
  loop.start();
  await look;
  failing = false;
  look = nextLook();
  app.clock.advance(5);
  await look;
  await loop.stop();
  expect(logged).toEqual(["Looking for expired pauses failed: disk gone"]);
  expect((looks[1] ?? 0) - (looks[0] ?? 0)).toBe(5_000);
});
