// Why a run waits, in a code, a sentence and a command; and where its time went.
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { toTimestamp } from "#lib/time/timestamps.ts";
import { createDeploymentFlowRun } from "#wire/deployments/deployments.ts";
import { createConcurrencyLimit } from "#wire/pools/concurrency-limits.ts";
import {
  createPoolQueue,
  createWorkPool,
  deletePoolQueue,
  getPoolRuns,
  updatePoolQueue,
  updateWorkPool,
} from "#wire/pools/work-pools.ts";
import { readFlowRunStory, type WaitCode } from "#wire/runs/flow-run-stories.ts";
import { setFlowRunState } from "#wire/runs/flow-runs.ts";
import type { StateInput } from "#wire/runs/states.ts";
import { setTaskRunState } from "#wire/runs/task-runs.ts";
import { type TestApp, testApp } from "../../app.ts";
import { makeDeployment, makeFlow, makeFlowRun, makeTaskRun } from "../../factory.ts";

let app: TestApp;
beforeEach(() => {
  app = testApp();
});
afterEach(() => app.close());

const story = (id: string) => app.call(readFlowRunStory, { params: { id } });
const waiting = async (id: string) => (await story(id)).waiting;
const code = async (id: string): Promise<WaitCode | undefined> => (await waiting(id))?.code;
const set = (id: string, state: StateInput) =>
  app.call(setFlowRunState, { params: { id }, body: { state, force: true } });

/** A run of a deployment in queue `it's fast` of pool `p`. */
async function makeWaiting(): Promise<{ id: string; another: () => Promise<string> }> {
  await app.call(createWorkPool, { body: { name: "p" } });
  await app.call(createPoolQueue, { params: { work_pool_name: "p" }, body: { name: "it's fast" } });
  const flow_id = (await makeFlow(app, "report")).id;
  const where = { work_pool_name: "p", work_queue_name: "it's fast" };
  const deployment = await makeDeployment(app, { flow_id, name: "nightly", ...where });
  const another = async () => (await app.call(createDeploymentFlowRun, { params: { id: deployment.id }, body: {} })).id;
  return { id: await another(), another };
}

/** As an agent; that it has asked is noted after the answer. */
async function ask(): Promise<void> {
  await app.call(getPoolRuns, { params: { name: "p" }, body: {} });
  await app.db.write(() => {});
}

const queue = { work_pool_name: "p", name: "it's fast" };

describe("issue 13.24: a run says why it waits", () => {
  test("no agent asks its queue", async () => {
    const { id } = await makeWaiting();
    expect(await waiting(id)).toMatchObject({
      code: "no_agent",
      sentence: "No agent has ever asked work queue 'it's fast' of pool 'p' for work.",
      command: "orch agent start --pool 'p' --work-queue 'it'\\''s fast'",
      held_by: [],
    });
  });

  test("agents that ask should take it now, are busy when they do not, and are gone when they fall silent", async () => {
    const { id } = await makeWaiting();
    await ask();
    expect(await code(id)).toBe("agent_soon");
    app.clock.advance(60);
    expect(await code(id)).toBe("agent_busy");
    app.clock.advance(30);
    expect(await waiting(id)).toMatchObject({
      code: "no_agent",
      sentence: "No agent asks work queue 'it's fast' of pool 'p' for work.",
    });
  });

  test("the answer says until when it holds where time alone changes it", async () => {
    const { id } = await makeWaiting();
    expect(await waiting(id)).toMatchObject({ code: "no_agent", valid_until: null });
    await ask();
    const begin = app.clock.now();
    const after = (seconds: number) => toTimestamp(begin + seconds * 1000);
    expect(await waiting(id)).toMatchObject({ code: "agent_soon", valid_until: after(30) });
    app.clock.advance(30);
    expect(await waiting(id)).toMatchObject({ code: "agent_busy", valid_until: after(75) });
    app.clock.advance(45);
    expect(await code(id)).toBe("agent_busy");
    app.clock.advance(0.001);
    expect(await waiting(id)).toMatchObject({ code: "no_agent", valid_until: null });
    const scheduled_time = after(3_600);
    await set(id, { type: "SCHEDULED", state_details: { scheduled_time } });
    expect(await waiting(id)).toMatchObject({ code: "scheduled_later", valid_until: scheduled_time });
  });

  test("listeners to events hear of a queue's first agent, and not of each time that it asks", async () => {
    await makeWaiting();
    const updated = async () =>
      (
        await app.db.read((q) =>
          q.get<{ updated: string }>("select updated from work_queue where name = ?", queue.name),
        )
      )?.updated;
    const made = await updated();
    let woken = 0;
    app.app.context.events.subscribe(({ type }) => {
      if (type === "runs-due-changed") woken += 1;
    });
    app.clock.advance(10);
    await ask();
    const first = await updated();
    expect(first).not.toBe(made);
    expect(woken).toBe(1);
    app.clock.advance(60);
    await ask();
    expect([await updated(), woken]).toEqual([first, 1]);
    app.clock.advance(76);
    await ask();
    expect(await updated()).not.toBe(first);
    expect(woken).toBe(2);
  });

  test("a pool of workers wants a worker", async () => {
    await app.call(createWorkPool, { body: { name: "w", type: "process" } });
    const deployment = await makeDeployment(app, { work_pool_name: "w" });
    const run = await app.call(createDeploymentFlowRun, { params: { id: deployment.id }, body: {} });
    expect(await waiting(run.id)).toMatchObject({
      code: "no_agent",
      sentence: "No worker has ever asked work queue 'default' of pool 'w' for work.",
      command: "orch worker start --pool 'w' --work-queue 'default'",
    });
  });

  test("its pool is paused, or its queue", async () => {
    const { id } = await makeWaiting();
    await app.call(updatePoolQueue, { params: queue, body: { is_paused: true } });
    expect(await waiting(id)).toMatchObject({
      code: "queue_paused",
      command: "orch work-queue resume 'it'\\''s fast' --pool 'p'",
    });
    await app.call(updateWorkPool, { params: { name: "p" }, body: { is_paused: true } });
    expect(await waiting(id)).toMatchObject({ code: "pool_paused", command: "orch work-pool resume 'p'" });
  });

  test("the limit of its queue is reached, or that of its pool; the runs that have the places are named", async () => {
    const { id, another } = await makeWaiting();
    const first = await another();
    await set(first, { type: "RUNNING" });
    await app.call(updateWorkPool, { params: { name: "p" }, body: { concurrency_limit: 1 } });
    expect(await waiting(id)).toMatchObject({
      ...{ code: "pool_full", sentence: "The limit of its work pool 'p' is reached: 1 at once." },
      ...{ command: "orch work-pool set-concurrency-limit 'p' 2", held_by: [{ flow_run_id: first }] },
    });
    await app.call(updatePoolQueue, { params: queue, body: { concurrency_limit: 0 } });
    expect(await waiting(id)).toMatchObject({
      ...{ code: "queue_full", sentence: "The limit of its work queue 'it's fast' is reached: none at all." },
      command: "orch work-queue set-concurrency-limit 'it'\\''s fast' 1 --pool 'p'",
    });
  });

  test("its queue is gone, or there never was one", async () => {
    const { id } = await makeWaiting();
    await app.call(deletePoolQueue, { params: queue });
    expect(await waiting(id)).toMatchObject({ code: "queue_gone", command: "orch work-queue create 'it'\\''s fast'" });
    const deployment = await makeDeployment(app);
    const run = await app.call(createDeploymentFlowRun, { params: { id: deployment.id }, body: {} });
    expect(await code(run.id)).toBe("no_queue");
    const alone = await makeFlowRun(app, { state: { type: "SCHEDULED" } });
    expect(await code(alone.id)).toBe("no_deployment");
  });

  test("another run of its deployment is under way, and they do not overlap", async () => {
    const deployment = await makeDeployment(app, { work_queue_name: "q", run_policy: { overlap: "wait" } });
    const params = { id: deployment.id };
    const first = await app.call(createDeploymentFlowRun, { params, body: { name: "first" } });
    const second = await app.call(createDeploymentFlowRun, { params, body: {} });
    expect(await code(second.id)).toBe("no_agent");
    await set(first.id, { type: "RUNNING" });
    expect(await waiting(second.id)).toMatchObject({
      code: "overlap",
      held_by: [{ flow_run_id: first.id, name: "first" }],
    });
  });

  test("its time has not come, or it is tried again later", async () => {
    const { id } = await makeWaiting();
    const later = toTimestamp(app.clock.now() + 3_600_000);
    await set(id, { type: "SCHEDULED", state_details: { scheduled_time: later } });
    expect(await waiting(id)).toMatchObject({
      code: "scheduled_later",
      until: later,
      command: "orch deployment run 'report/nightly'",
    });
    await set(id, { type: "RUNNING" });
    await set(id, { type: "SCHEDULED", name: "AwaitingRetry", state_details: { scheduled_time: later } });
    expect(await waiting(id)).toMatchObject({ code: "retry_later", until: later, command: null });
  });

  test("its process begins, it is paused, it is being cancelled", async () => {
    const { id } = await makeWaiting();
    await set(id, { type: "PENDING" });
    expect(await code(id)).toBe("process_starting");
    await set(id, { type: "RUNNING" });
    expect(await waiting(id)).toBeNull();
    const until = toTimestamp(app.clock.now() + 60_000);
    await set(id, { type: "PAUSED", state_details: { pause_timeout: until } });
    expect(await waiting(id)).toMatchObject({ code: "paused", until, command: `orch flow-run resume ${id}` });
    await set(id, { type: "CANCELLING" });
    expect(await code(id)).toBe("cancelling");
    await set(id, { type: "CANCELLED" });
    expect(await waiting(id)).toBeNull();
  });

  test("its task runs wait for a slot of a tag", async () => {
    const flow_run_id = (await makeFlowRun(app, { name: "greedy", state: { type: "RUNNING" } })).id;
    const taskOf = (id: string) => makeTaskRun(app, { flow_run_id: id, tags: ["db"], state: { type: "PENDING" } });
    await app.call(createConcurrencyLimit, { body: { tag: "db", concurrency_limit: 1 } });
    const holder = await taskOf(flow_run_id);
    await app.call(setTaskRunState, { params: { id: holder.id }, body: { state: { type: "RUNNING" } } });
    const run = await makeFlowRun(app, { state: { type: "RUNNING" } });
    for (let index = 0; index < 2; index += 1) await taskOf(run.id);
    expect(await waiting(run.id)).toMatchObject({
      code: "task_slot",
      sentence: "2 task runs wait for a slot of tag 'db'. Its only slot is taken.",
      command: "orch concurrency-limit create 'db' 2",
      held_by: [{ flow_run_id, name: "greedy" }],
    });
  });
});

test("a story has the row, the states and where the time went", async () => {
  const { id } = await makeWaiting();
  app.clock.advance(4);
  await set(id, { type: "PENDING" });
  app.clock.advance(1);
  await set(id, { type: "RUNNING" });
  app.clock.advance(10);
  await set(id, { type: "FAILED", message: "boom" });
  const { row, spans, seconds, states } = await story(id);
  expect(row).toMatchObject({
    id,
    flow_name: "report",
    deployment_name: "nightly",
    message_line: "boom",
    duration: 10,
  });
  expect(spans.map(({ kind }) => kind)).toEqual(["waited", "started", "ran"]);
  expect(seconds).toMatchObject({ ended: 0, paused: 0, retrying: 0 });
  expect([seconds.waited, seconds.started, seconds.ran].map(Math.round)).toEqual([4, 1, 10]);
  expect(states.map(({ type, message }) => [type, message])).toEqual([
    ["SCHEDULED", null],
    ["PENDING", null],
    ["RUNNING", null],
    ["FAILED", "boom"],
  ]);
});

test("an unknown run has none", async () => {
  const unknown = await app.send("GET", "/orch/flow_runs/00000000-0000-4000-8000-000000000000/story");
  expect(unknown as { status: number }).toMatchObject({ status: 404, body: { detail: "Flow run not found" } });
});
