// Those who wait for a run's next state are answered in the moment it comes.
import { afterAll, describe, expect, test } from "bun:test";
import { getChangedFlowRun, getFreeSlots } from "#wire/long-polls.ts";
import { createConcurrencyLimit } from "#wire/pools/concurrency-limits.ts";
import type { FlowRun } from "#wire/runs/flow-runs.ts";
import { testApp } from "../../app.ts";
import { makeFlowRun, makeTaskRun } from "../../factory.ts";
import { propose } from "../proposals.ts";
import { hold, settle } from "../work-queues/work.ts";

const app = testApp();
afterAll(() => app.close());

const UNKNOWN = "00000000-0000-4000-8000-000000000000";
const question = (run: FlowRun) => ({ flow_run_id: run.id, state_id: run.state_id ?? UNKNOWN });
const running = () => makeFlowRun(app, { state: { type: "RUNNING" } });

test("a run that is in another state by now is the answer", async () => {
  const run = await running();
  await propose(app, "flow_runs", run.id, { type: "PAUSED" });
  const [changed] = await app.call(getChangedFlowRun, { body: question(run) });
  expect(changed).toMatchObject({ id: run.id, state_type: "PAUSED" });
});

test("one that is not, and one that is gone, are none", async () => {
  const run = await running();
  expect(await app.call(getChangedFlowRun, { body: question(run) })).toEqual([]);
  const gone = { flow_run_id: UNKNOWN, state_id: UNKNOWN };
  expect(await app.call(getChangedFlowRun, { body: gone })).toEqual([]);
});

describe("with Prefer: wait the answer is held", () => {
  const held = (run: FlowRun) => hold(app, "/orch/changed_flow_run", question(run), { prefer: "wait=20" });

  test("until the run changes, and not when another does", async () => {
    const [run, other] = [await running(), await running()];
    const waiting = await held(run);
    await propose(app, "flow_runs", other.id, { type: "PAUSED" });
    await settle();
    expect(waiting.answer).toBeUndefined();
    await propose(app, "flow_runs", run.id, { type: "COMPLETED" });
    await settle();
    expect(waiting.answer).toMatchObject({ status: 200, body: [{ id: run.id, state_type: "COMPLETED" }] });
  });

  test("until another process has written to the database", async () => {
    const run = await running();
    const waiting = await held(run);
    await app.db.write((tx) => tx.run("update flow_run set state_id = ? where id = ?", UNKNOWN, run.id));
    app.app.context.events.publish({ type: "foreign-write" });
    await settle();
    expect(waiting.answer).toMatchObject({ body: [{ id: run.id }] });
  });

  test("until the time is over", async () => {
    const waiting = await held(await running());
    app.clock.advance(20);
    await settle();
    expect(waiting.answer).toMatchObject({ status: 200, body: [] });
  });
});

describe("free slots of tags", () => {
  const ask = (tags: string[]) => app.call(getFreeSlots, { body: { tags } });
  const held = (tags: string[]) => hold(app, "/orch/free_slots", { tags }, { prefer: "wait=20" });
  const limit = (tag: string, concurrency_limit: number) =>
    app.call(createConcurrencyLimit, { body: { tag, concurrency_limit } });

  test("are there where no limit is, and where one is not full", async () => {
    await limit("two", 2);
    expect(await ask(["nobody-limits"])).toEqual(["nobody-limits"]);
    expect(await ask(["two", "nobody-limits"])).toEqual(["two", "nobody-limits"]);
    expect(await ask([])).toEqual([]);
  });

  test("are waited for until a task ends, its limit is raised, or its slots are reset", async () => {
    await limit("one", 1);
    const take = async () => {
      const task = await makeTaskRun(app, { tags: ["one"] });
      await propose(app, "task_runs", task.id, { type: "RUNNING" });
      expect(await ask(["one"])).toEqual([]);
      return task;
    };
    const first = await take();
    const changes: (() => Promise<unknown>)[] = [
      () => propose(app, "task_runs", first.id, { type: "COMPLETED" }),
      () => app.send("POST", "/concurrency_limits/tag/one/reset", {}),
      () => limit("one", 2),
    ];
    for (const change of changes) {
      if (change !== changes[0]) await take();
      const waiting = await held(["one"]);
      expect(waiting.answer).toBeUndefined();
      await change();
      await settle();
      expect(waiting.answer).toMatchObject({ status: 200, body: ["one"] });
    }
  });

  test("of a limit of 0 never come", async () => {
    await limit("none", 0);
    const waiting = await held(["none"]);
    app.clock.advance(20);
    await settle();
    expect(waiting.answer).toMatchObject({ body: [] });
  });
});
