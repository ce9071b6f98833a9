// The one door: what follows a stored state, and what does not when none is stored.
import { afterAll, beforeEach, describe, expect, test } from "bun:test";
import type { ServerEvent } from "#server/kernel/event-hub.ts";
import { proposalOf } from "#server/orchestration/proposal.ts";
import { proposeFlowRunState, proposeTaskRunState } from "#server/orchestration/propose.ts";
import { createConcurrencyLimit, readConcurrencyLimitByTag } from "#wire/pools/concurrency-limits.ts";
import { listFlowRunStates, listTaskRunStates, type StateType } from "#wire/runs/states.ts";
import { testApp } from "../../app.ts";
import { makeDeployment, makeFlowRun, makeTaskRun } from "../../factory.ts";
import { brief, flowRun, propose, taskRun, walk } from "../proposals.ts";

const app = testApp();
afterAll(() => app.close());

const events: ServerEvent[] = [];
app.app.context.events.subscribe((event) => events.push(event));
beforeEach(() => {
  events.length = 0;
});

const UNKNOWN = "00000000-0000-4000-8000-000000000000";

for (const [kind, word] of [
  ["flow_runs", "Flow run"],
  ["task_runs", "Task run"],
] as const) {
  test(`an unknown ${word.toLowerCase()} is answered in the shape of orchestration`, async () => {
    const answer = await app.send("POST", `/${kind}/${UNKNOWN}/set_state`, { state: { type: "RUNNING" } });
    expect(answer).toEqual({
      status: 404,
      body: { exception_message: `${word} with id ${UNKNOWN} not found` } as never,
    });
  });
}

describe("force", () => {
  test("passes the rules by, and keeps the books all the same", async () => {
    const run = await makeFlowRun(app, { state: { type: "COMPLETED" } });
    const seen = await propose(app, "flow_runs", run.id, { type: "RUNNING" }, { force: true });
    expect([brief(seen), seen.http]).toEqual(["ACCEPT RUNNING/Running", 201]);
    expect(await flowRun(app, run.id)).toMatchObject({ run_count: 1, state_type: "RUNNING", end_time: null });
  });

  test("renames no task that runs again", async () => {
    const run = await makeTaskRun(app, { state: { type: "RUNNING" } });
    const seen = await propose(app, "task_runs", run.id, { type: "RUNNING" }, { force: true });
    expect(brief(seen)).toBe("ACCEPT RUNNING/Running");
    expect((await taskRun(app, run.id)).run_count).toBe(2);
  });
});

test("the states of a run differ in their times, in their order, though the clock stands still", async () => {
  const run = await makeFlowRun(app, { state: { type: "SCHEDULED" } });
  await walk(app, "flow_runs", run.id, ["PENDING", "RUNNING", "COMPLETED"]);
  const states = await app.call(listFlowRunStates, { query: { flow_run_id: run.id } });
  expect(states.map(({ type }) => type)).toEqual(["SCHEDULED", "PENDING", "RUNNING", "COMPLETED"]);
  expect(new Set(states.map(({ timestamp }) => timestamp)).size).toBe(4);
  expect((await flowRun(app, run.id)).state_id).toBe(states.at(-1)?.id ?? "");
});

test("a proposal that stores nothing leaves the run as it was, to the byte", async () => {
  const run = await makeFlowRun(app, { state: { type: "RUNNING" } });
  const before = await flowRun(app, run.id);
  const rows = await app.count("flow_run_state");
  expect((await propose(app, "flow_runs", run.id, { type: "RUNNING" })).http).toBe(200);
  expect(await flowRun(app, run.id)).toEqual(before);
  expect(await app.count("flow_run_state")).toBe(rows);
});

test("what is undone after a state was proposed is undone with it, and nobody hears of it", async () => {
  const run = await makeFlowRun(app);
  events.length = 0;
  const { db, app: server } = app;
  const work = db.write((tx) => {
    proposeFlowRunState(tx, server.context, run.id, proposalOf({ type: "SCHEDULED" }), { force: true });
    throw new Error("changed my mind");
  });
  expect(work).rejects.toThrow("changed my mind");
  await work.catch(() => {});
  expect((await flowRun(app, run.id)).state_type).toBe("PENDING");
  expect(events).toEqual([]);
});

describe("those who wait hear of a run", () => {
  const wakes: [from: StateType, to: StateType, wakes: boolean][] = [
    ["PENDING", "SCHEDULED", true],
    ["PENDING", "CANCELLING", true],
    ["PENDING", "CRASHED", true],
    ["RUNNING", "COMPLETED", true],
    ["RUNNING", "PAUSED", true],
    ["RUNNING", "CANCELLING", true],
    ["SCHEDULED", "PENDING", false],
    ["PENDING", "RUNNING", false],
  ];
  for (const [from, to, woken] of wakes) {
    test(`going from ${from} to ${to}${woken ? ", and look for work again" : ", but need not look for work"}`, async () => {
      const run = await makeFlowRun(app, { state: { type: from } });
      events.length = 0;
      const seen = await propose(app, "flow_runs", run.id, { type: to, name: "Named" }, { force: true });
      expect(seen.status).toBe("ACCEPT");
      const state: ServerEvent = { type: "flow-run-state", flow_run_id: run.id, state_type: to, state_name: "Named" };
      expect(events).toEqual(woken ? [state, { type: "runs-due-changed" }] : [state]);
    });
  }

  test("by the state that was stored, not by the one that was proposed", async () => {
    const run = await makeFlowRun(app, { state: { type: "RUNNING" }, empirical_policy: { retries: 1 } });
    events.length = 0;
    await walk(app, "flow_runs", run.id, ["FAILED"]);
    expect(events.map((event) => ("state_name" in event ? event.state_name : event.type))).toEqual([
      "AwaitingRetry",
      "runs-due-changed",
    ]);
  });

  test("but not of a proposal that changed nothing", async () => {
    const run = await makeFlowRun(app, { state: { type: "COMPLETED" } });
    events.length = 0;
    await walk(app, "flow_runs", run.id, ["RUNNING"]);
    expect(events).toEqual([]);
  });
});

describe("a subflow's stand-in", () => {
  test("has the state of the subflow, from its first to its last", async () => {
    const standIn = await makeTaskRun(app);
    const child = await makeFlowRun(app, { parent_task_run_id: standIn.id, state: { type: "SCHEDULED" } });
    expect(child.state?.state_details.task_run_id).toBe(standIn.id);
    await walk(app, "flow_runs", child.id, ["PENDING", "RUNNING"]);
    const data = { type: "unpersisted", artifact_type: "result" };
    await propose(app, "flow_runs", child.id, { type: "COMPLETED", name: "Fine", message: "done", data });
    const states = await app.call(listTaskRunStates, { query: { task_run_id: standIn.id } });
    expect(states.map(({ name }) => name)).toEqual(["Pending", "Scheduled", "Pending", "Running", "Fine"]);
    expect(states.at(-1)).toMatchObject({
      message: "done",
      data: { type: "unpersisted" },
      state_details: { child_flow_run_id: child.id, task_run_id: standIn.id, flow_run_id: standIn.flow_run_id },
    });
    expect(await taskRun(app, standIn.id)).toMatchObject({ state_type: "COMPLETED", run_count: 1 });
  });

  test("keeps its own state when the subflow's does not change", async () => {
    const standIn = await makeTaskRun(app);
    const child = await makeFlowRun(app, { parent_task_run_id: standIn.id, state: { type: "COMPLETED" } });
    const before = await taskRun(app, standIn.id);
    expect(await walk(app, "flow_runs", child.id, ["RUNNING"])).toEqual(["ABORT COMPLETED/Completed"]);
    expect(await taskRun(app, standIn.id)).toEqual(before);
  });

  test("that was deleted holds no subflow up", async () => {
    const standIn = await makeTaskRun(app);
    const child = await makeFlowRun(app, { parent_task_run_id: standIn.id });
    await app.send("DELETE", `/task_runs/${standIn.id}`);
    expect(await walk(app, "flow_runs", child.id, ["RUNNING"])).toEqual(["ACCEPT RUNNING/Running"]);
    expect((await flowRun(app, child.id)).parent_task_run_id).toBeNull();
  });
});

describe("a flow run that crashes takes along what was under way in its process", () => {
  const crash = { type: "CRASHED" as const, message: "The process is gone." };

  test("its tasks, with the slots of their tags", async () => {
    const tag = "of-crashes";
    await app.call(createConcurrencyLimit, { body: { tag, concurrency_limit: 1 } });
    const flow = await makeFlowRun(app, { state: { type: "RUNNING" } });
    const of = { flow_run_id: flow.id, tags: [tag] };
    const [holder, waiting, ended] = [
      await makeTaskRun(app, of),
      await makeTaskRun(app, of),
      await makeTaskRun(app, of),
    ];
    await propose(app, "task_runs", ended.id, { type: "COMPLETED" });
    expect(await walk(app, "task_runs", holder.id, ["RUNNING"])).toEqual(["ACCEPT RUNNING/Running"]);
    expect(await walk(app, "task_runs", waiting.id, ["RUNNING"])).toEqual(["WAIT PENDING/Pending"]);
    await propose(app, "flow_runs", flow.id, crash);
    for (const { id } of [holder, waiting]) {
      expect((await taskRun(app, id)).state).toMatchObject({
        type: "CRASHED",
        name: "Crashed",
        message: crash.message,
      });
    }
    expect((await taskRun(app, ended.id)).state_type).toBe("COMPLETED");
    const limit = await app.call(readConcurrencyLimitByTag, { params: { tag } });
    expect(limit.active_slots).toEqual([]);
  });

  test("its subflows and their tasks, and no run of a deployment, which has a process of its own", async () => {
    const flow = await makeFlowRun(app, { state: { type: "RUNNING" } });
    const running = { state: { type: "RUNNING" as const } };
    const standIn = async () => (await makeTaskRun(app, { flow_run_id: flow.id })).id;
    const child = await makeFlowRun(app, { parent_task_run_id: await standIn(), ...running });
    const inChild = await makeTaskRun(app, { flow_run_id: child.id });
    const { flow_id, id: deployment_id } = await makeDeployment(app);
    const asked = await makeFlowRun(app, { parent_task_run_id: await standIn(), flow_id, deployment_id, ...running });
    await propose(app, "flow_runs", flow.id, crash);
    expect((await flowRun(app, child.id)).state).toMatchObject(crash);
    expect((await taskRun(app, inChild.id)).state_type).toBe("CRASHED");
    expect((await taskRun(app, child.parent_task_run_id ?? "")).state_type).toBe("CRASHED");
    expect((await flowRun(app, asked.id)).state_type).toBe("RUNNING");
  });

  test("one that fails leaves its tasks alone: they may still report their own end", async () => {
    const task = await makeTaskRun(app);
    await walk(app, "task_runs", task.id, ["RUNNING"]);
    await propose(app, "flow_runs", task.flow_run_id, { type: "FAILED" });
    expect((await taskRun(app, task.id)).state_type).toBe("RUNNING");
  });
});

test("a state's details name its run, whatever the client says", async () => {
  const run = await makeTaskRun(app);
  const stray = { flow_run_id: UNKNOWN, task_run_id: UNKNOWN };
  const seen = await propose(app, "task_runs", run.id, { type: "RUNNING", state_details: stray });
  expect(seen.state?.state_details).toMatchObject({ flow_run_id: run.flow_run_id, task_run_id: run.id });
});

test("task runs are proposed through the same door in process", async () => {
  const run = await makeTaskRun(app);
  const result = await app.db.write((tx) =>
    proposeTaskRunState(tx, app.app.context, run.id, proposalOf({ type: "RUNNING" })),
  );
  expect(result).toMatchObject({ status: "ACCEPT", stored: true, details: { type: "accept_details" } });
});
