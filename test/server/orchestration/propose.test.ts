// The one door: what follows a stored state, and what does not when none is stored.
import { afterAll, beforeEach, describe, expect, test } from "bun:test";
import type { ServerEvent } from "#server/events.ts";
import { proposalOf } from "#server/orchestration/proposal.ts";
import { proposeFlowRunState, proposeTaskRunState } from "#server/orchestration/propose.ts";
import { listFlowRunStates, listTaskRunStates, type StateType } from "#wire/states.ts";
import { testApp } from "../../app.ts";
import { makeFlowRun, makeTaskRun } from "../../factory.ts";
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
