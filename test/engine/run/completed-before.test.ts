// A flow that is taken up by another process: what completed before is not done again where its result is there.
import { afterEach, beforeEach, expect, test } from "bun:test";
import { rmSync } from "node:fs";
import type { FlowDefinition, TaskOptions } from "#domain/definitions.ts";
import { flow, task } from "#sdk/index.ts";
import { flowRun, propose } from "../../server/proposals.ts";
import { type OnApp, onApp } from "../on-app.ts";

let here: OnApp;
let calls: string[] = [];
beforeEach(() => {
  here = onApp();
  calls = [];
});
afterEach(() => here.close());

const step = (name: string, value: unknown, options: TaskOptions = {}) =>
  task(
    async () => {
      calls.push(name);
      return value;
    },
    { name, ...options },
  );

const deployedRun = (retries: number) => here.deployedRun({ retries });
const execute = (id: string, definition: FlowDefinition) => here.execute(id, definition);

/** As a person does who wants it once more. */
const again = (id: string) => propose(here.app, "flow_runs", id, { type: "SCHEDULED", name: "AwaitingRetry" });

const child = flow(
  async () => {
    calls.push("child");
    return { from: "child" };
  },
  { name: "child" },
);
const work = (options: TaskOptions = {}) =>
  flow(
    async () => {
      const parts = [await step("one", { n: 1 }, options)(), await step("nothing", undefined, options)()];
      return { parts, sub: await child() };
    },
    { name: "work" },
  );
const RESULT = { parts: [{ n: 1 }, undefined], sub: { from: "child" } };
const ALL = ["one", "nothing", "child"];

test("a restarted run takes the results of its tasks and subflows from where they were kept", async () => {
  const run = await deployedRun(1);
  await execute(run.id, work());
  await again(run.id);
  const state = await execute(run.id, work());
  expect(state.result()).toEqual(RESULT);
  expect(calls).toEqual(ALL);
  expect(await here.taskRuns()).toHaveLength(3);
  expect(await flowRun(here.app, run.id)).toMatchObject({ state_type: "COMPLETED", run_count: 2 });
});

test("what was not kept is done once more, by task runs of their own", async () => {
  const run = await deployedRun(0);
  await execute(run.id, work());
  await again(run.id);
  expect((await execute(run.id, work())).result()).toEqual(RESULT);
  expect(calls).toEqual([...ALL, ...ALL]);
  expect((await here.taskRuns()).map((each) => each.dynamic_key)).toEqual(["0", "0", "0", "0-2", "0-2"]);
});

test("and so is what was kept and is gone", async () => {
  const run = await deployedRun(1);
  await execute(run.id, work());
  rmSync(here.app.settings.ORCH_LOCAL_STORAGE_PATH, { recursive: true });
  await again(run.id);
  expect((await execute(run.id, work())).result()).toEqual(RESULT);
  // Nothing at all is in the state itself.
  expect(calls).toEqual([...ALL, "one", "child"]);
});

test("a task that asks for it is reused although the flow has no retries", async () => {
  const run = await deployedRun(0);
  await execute(run.id, work({ persistResult: true }));
  await again(run.id);
  await execute(run.id, work({ persistResult: true }));
  expect(calls).toEqual([...ALL, "child"]);
});

test("a task that failed in the run before runs again", async () => {
  const weak = task(async () => (calls.push("weak") < 2 ? Promise.reject(new Error("no")) : "yes"), { name: "weak" });
  const run = await deployedRun(0);
  const once = flow(() => weak(), { name: "work" });
  expect((await execute(run.id, once)).isFailed()).toBeTrue();
  await again(run.id);
  expect((await execute(run.id, once)).result()).toBe("yes");
  expect((await here.taskRuns()).map(({ state_type, run_count }) => [state_type, run_count])).toEqual([
    ["COMPLETED", 1],
  ]);
});
