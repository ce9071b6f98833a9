import { afterAll, afterEach, describe, expect, test } from "bun:test";
import { openSubflows } from "#server/flow-runs/store.ts";
import { silentRuns } from "#server/heartbeats/store.ts";
import { createLostRuns, type LostRuns } from "#server/loops/lost-runs.ts";
import { openTaskRuns } from "#server/task-runs/store.ts";
import { createConcurrencyLimit, readConcurrencyLimitByTag } from "#wire/pools/concurrency-limits.ts";
import { sendHeartbeats } from "#wire/runs/heartbeats.ts";
import { listFlowRunStates, type StateType } from "#wire/runs/states.ts";
import { testApp } from "../../app.ts";
import { makeDeployment, makeFlow, makeFlowRun, makeTaskRun } from "../../factory.ts";
import { plansOf } from "../plans.ts";
import { flowRun, inSeconds, propose, taskRun, walk } from "../proposals.ts";

const PERIOD = 30;
const SENTENCE = `No heartbeat from the agent or the flow run process for ${PERIOD} seconds: both have ended, or their machine has.`;

const app = testApp();
afterAll(() => app.close());

const loops: LostRuns[] = [];
afterEach(async () => {
  for (const loop of loops.splice(0)) await loop.stop();
  await app.db.write((tx) => tx.run("delete from heartbeat"));
});

const beat = (...flow_run_ids: string[]) => app.call(sendHeartbeats, { body: { flow_run_ids } });

/** A loop that has listened for a whole period already. */
async function listening(): Promise<LostRuns> {
  const loop = createLostRuns(app.app.context);
  loops.push(loop);
  await pass(loop, PERIOD);
  return loop;
}

/** Passes every five seconds, as the loop does; gives how many runs were found lost. */
async function pass(loop: LostRuns, seconds: number): Promise<number> {
  let found = 0;
  for (let passed = 0; passed < seconds; passed += 5) {
    app.clock.advance(Math.min(5, seconds - passed));
    found += await loop.runOnce();
  }
  return found;
}

async function deploymentRun(type: StateType, empirical_policy: object = {}) {
  const { id, flow_id } = await makeDeployment(app);
  return makeFlowRun(app, { state: { type }, deployment_id: id, flow_id, empirical_policy });
}

describe("a run whose agent and process fell silent", () => {
  for (const type of ["PENDING", "RUNNING"] as const) {
    test(`is CRASHED from ${type} after the whole period, and says why`, async () => {
      const loop = await listening();
      const run = await makeFlowRun(app, { state: { type } });
      await beat(run.id);
      expect(await pass(loop, PERIOD)).toBe(0);
      expect(await pass(loop, 5)).toBe(1);
      expect(await flowRun(app, run.id)).toMatchObject({
        ...{ state_type: "CRASHED", state_name: "Crashed", state: { message: SENTENCE } },
      });
      expect(await pass(loop, PERIOD)).toBe(0);
    });
  }

  test("ends CANCELLED when it was being cancelled", async () => {
    const loop = await listening();
    const run = await makeFlowRun(app, { state: { type: "CANCELLING" } });
    await beat(run.id);
    expect(await pass(loop, PERIOD + 5)).toBe(1);
    expect(await flowRun(app, run.id)).toMatchObject({ state_type: "CANCELLED" });
  });

  test("goes on when it is heard in time", async () => {
    const loop = await listening();
    const run = await makeFlowRun(app, { state: { type: "RUNNING" } });
    for (let beats = 0; beats < 5; beats += 1) {
      await beat(run.id);
      expect(await pass(loop, PERIOD - 5)).toBe(0);
    }
    expect((await flowRun(app, run.id)).state_type).toBe("RUNNING");
  });

  test("is left alone when it was never heard at all", async () => {
    const loop = await listening();
    const run = await makeFlowRun(app, { state: { type: "RUNNING" } });
    expect(await pass(loop, 10 * PERIOD)).toBe(0);
    expect((await flowRun(app, run.id)).state_type).toBe("RUNNING");
  });
});

describe("a lost run with retries", () => {
  test("is scheduled again by its deployment, free of its old process", async () => {
    const loop = await listening();
    const run = await deploymentRun("RUNNING", { retries: 1, retry_delay: 60 });
    await app.send("PATCH", `/flow_runs/${run.id}`, { infrastructure_pid: "gone:1" });
    await beat(run.id);
    await pass(loop, PERIOD + 5);
    expect(await flowRun(app, run.id)).toMatchObject({
      ...{ state_type: "SCHEDULED", state_name: "AwaitingRetry", next_scheduled_start_time: inSeconds(app, 60) },
      ...{ infrastructure_pid: null, state: { message: SENTENCE } },
    });
    const states = await app.call(listFlowRunStates, { query: { flow_run_id: run.id } });
    expect(states.map(({ name }) => name)).toEqual(["Running", "Crashed", "AwaitingRetry"]);
    app.clock.advance(60);
    expect(await walk(app, "flow_runs", run.id, ["PENDING", "RUNNING"])).toEqual([
      "ACCEPT PENDING/Pending",
      "ACCEPT RUNNING/Running",
    ]);
  });

  test("ends when they are used up", async () => {
    const loop = await listening();
    const run = await deploymentRun("RUNNING", { retries: 0 });
    await beat(run.id);
    await pass(loop, PERIOD + 5);
    expect((await flowRun(app, run.id)).state_name).toBe("Crashed");
  });

  test("ends without a deployment, for nobody would take it up", async () => {
    const loop = await listening();
    const run = await makeFlowRun(app, { state: { type: "RUNNING" }, empirical_policy: { retries: 5 } });
    await app.send("PATCH", `/flow_runs/${run.id}`, { infrastructure_pid: "gone:1" });
    await beat(run.id);
    await pass(loop, PERIOD + 5);
    expect(await flowRun(app, run.id)).toMatchObject({ state_name: "Crashed", infrastructure_pid: "gone:1" });
  });

  test("ends without a deployment while it waits for one of its retries", async () => {
    const loop = await listening();
    const run = await makeFlowRun(app, { state: { type: "RUNNING" }, empirical_policy: { retries: 5 } });
    await walk(app, "flow_runs", run.id, ["FAILED"]);
    await beat(run.id);
    await pass(loop, PERIOD + 5);
    expect((await flowRun(app, run.id)).state_name).toBe("Crashed");
  });
});

describe("what was under way in a lost process", () => {
  test("ends with it: tasks, which give their slots back, and subflows with theirs", async () => {
    await app.call(createConcurrencyLimit, { body: { tag: "lost", concurrency_limit: 2 } });
    const loop = await listening();
    const run = await makeFlowRun(app, { state: { type: "RUNNING" } });
    const working = await makeTaskRun(app, { flow_run_id: run.id, tags: ["lost"] });
    const done = await makeTaskRun(app, { flow_run_id: run.id });
    const standIn = await makeTaskRun(app, { flow_run_id: run.id });
    const child = await makeFlowRun(app, { state: { type: "RUNNING" }, parent_task_run_id: standIn.id });
    const inner = await makeTaskRun(app, { flow_run_id: child.id, tags: ["lost"] });
    await walk(app, "task_runs", working.id, ["RUNNING"]);
    await walk(app, "task_runs", inner.id, ["RUNNING"]);
    await walk(app, "task_runs", done.id, ["RUNNING", "COMPLETED"]);
    await beat(run.id);
    expect(await pass(loop, PERIOD + 5)).toBe(1);

    const names = await Promise.all(
      [working, done, standIn, inner].map(async ({ id }) => (await taskRun(app, id)).state_name),
    );
    expect(names).toEqual(["Crashed", "Completed", "Crashed", "Crashed"]);
    expect((await flowRun(app, child.id)).state?.message).toBe(SENTENCE);
    expect((await app.call(readConcurrencyLimitByTag, { params: { tag: "lost" } })).active_slots).toEqual([]);
  });

  test("runs again with the run that is tried again", async () => {
    const loop = await listening();
    const run = await deploymentRun("RUNNING", { retries: 1 });
    const task = await makeTaskRun(app, { flow_run_id: run.id });
    await walk(app, "task_runs", task.id, ["RUNNING"]);
    await beat(run.id);
    await pass(loop, PERIOD + 5);
    await walk(app, "flow_runs", run.id, ["PENDING", "RUNNING"]);
    expect(await walk(app, "task_runs", task.id, ["RUNNING"])).toEqual(["ACCEPT RUNNING/Retrying"]);
  });

  test("does not take along a run of a deployment that it only waits for", async () => {
    const loop = await listening();
    const run = await makeFlowRun(app, { state: { type: "RUNNING" } });
    const standIn = await makeTaskRun(app, { flow_run_id: run.id });
    const { id, flow_id } = await makeDeployment(app);
    const state = { type: "RUNNING" as const };
    const child = await makeFlowRun(app, { state, parent_task_run_id: standIn.id, deployment_id: id, flow_id });
    await beat(run.id);
    await pass(loop, PERIOD + 5);
    expect((await flowRun(app, run.id)).state_type).toBe("CRASHED");
    expect((await flowRun(app, child.id)).state_type).toBe("RUNNING");
    expect((await taskRun(app, standIn.id)).state_type).toBe("RUNNING");
  });
});

describe("everybody gets a whole period to be heard", () => {
  test("when the server was restarted", async () => {
    const run = await makeFlowRun(app, { state: { type: "RUNNING" } });
    await beat(run.id);
    app.clock.advance(3600);
    const loop = createLostRuns(app.app.context);
    loops.push(loop);
    expect(await loop.runOnce()).toBe(0);
    expect(await pass(loop, PERIOD - 5)).toBe(0);
    expect(await pass(loop, 5)).toBe(1);
  });

  test("when the machine was asleep, and its agents with it", async () => {
    const loop = await listening();
    const run = await makeFlowRun(app, { state: { type: "RUNNING" } });
    await beat(run.id);
    app.clock.advance(3600);
    expect(await loop.runOnce()).toBe(0);
    await beat(run.id);
    expect(await pass(loop, PERIOD)).toBe(0);
    expect(await pass(loop, 5)).toBe(1);
  });

  test("when the clock was set back", async () => {
    const loop = await listening();
    const run = await makeFlowRun(app, { state: { type: "RUNNING" } });
    await beat(run.id);
    app.clock.advance(-7200);
    expect(await loop.runOnce()).toBe(0);
    await beat(run.id);
    expect(await pass(loop, PERIOD)).toBe(0);
    expect(await pass(loop, 5)).toBe(1);
  });
});

test("more runs than one bite are all found in one pass", async () => {
  const loop = await listening();
  const flow = await makeFlow(app);
  const runs = await Promise.all(
    Array.from({ length: 120 }, () => makeFlowRun(app, { flow_id: flow.id, state: { type: "RUNNING" } })),
  );
  await beat(...runs.map(({ id }) => id));
  expect(await pass(loop, PERIOD)).toBe(0);
  expect(await pass(loop, 5)).toBe(120);
});

test("a run that ends of itself just in time is not found", async () => {
  const loop = await listening();
  const run = await makeFlowRun(app, { state: { type: "RUNNING" } });
  await beat(run.id);
  await pass(loop, PERIOD);
  await propose(app, "flow_runs", run.id, { type: "COMPLETED" });
  expect(await pass(loop, 10)).toBe(0);
  expect((await flowRun(app, run.id)).state_type).toBe("COMPLETED");
});

test("runs are not lost sooner than the setting says", async () => {
  const context = { ...app.app.context, settings: { ...app.settings, ORCH_API_SERVICES_LOST_RUNS_AFTER_SECONDS: 2 } };
  const loop = createLostRuns(context);
  loops.push(loop);
  const step = async (times: number) => {
    let found = 0;
    for (let n = 0; n < times; n += 1) {
      app.clock.advance(0.5);
      found += await loop.runOnce();
    }
    return found;
  };
  await step(4);
  const run = await makeFlowRun(app, { state: { type: "RUNNING" } });
  await beat(run.id);
  expect([await step(4), await step(1)]).toEqual([0, 1]);
  expect((await flowRun(app, run.id)).state?.message).toContain("for 2 seconds");
});

test("the lost, and what was under way in their processes, are found by indexes", async () => {
  const plans = await plansOf(app, (q) => {
    silentRuns(q, inSeconds(app, 0), 1);
    openSubflows(q, "id");
    openTaskRuns(q, "id");
  });
  expect(plans.map((plan) => plan.match(/INDEX \w+ \([^)]*\)/g))).toEqual([
    ["INDEX heartbeat_last_seen (last_seen<?)", "INDEX sqlite_autoindex_flow_run_1 (id=?)"],
    ["INDEX sqlite_autoindex_task_run_2 (flow_run_id=?)", "INDEX flow_run_parent (parent_task_run_id=?)"],
    ["INDEX sqlite_autoindex_task_run_2 (flow_run_id=?)", "INDEX flow_run_parent (parent_task_run_id=?)"],
  ]);
  expect(plans.join()).not.toMatch(/TEMP B-TREE|SCAN/);
});
