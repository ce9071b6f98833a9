// Flows called inside flows: runs of their own, with a stand-in among the parent's task runs.
import { expect, test } from "bun:test";
import { RunState } from "#domain/run-state.ts";
import { flow, runContext, task } from "#sdk/index.ts";
import { here } from "../here.ts";

const child = flow(async function childFlow(x: number, _options: { deep?: boolean } = {}) {
  return { half: x / 2, by: runContext().flowRun.name };
});
const failing = flow(async function failing() {
  throw new Error("child trouble");
});
const half = task(async function half(value: { half: number }) {
  return value.half;
});

test("a subflow is a run of its own, and gives its value", async () => {
  const { run, api } = here();
  const state = await run(flow(async () => (await child(8, { deep: true })).half, { name: "parent" }));
  expect(state.result()).toBe(4);
  const [parent, own] = api.flowRuns;
  const [standIn] = api.taskRuns;
  expect(own).toMatchObject({
    flow_id: "flow-child-flow",
    parameters: { x: 8, _options: { deep: true } },
    parent_task_run_id: standIn?.id ?? "",
    history: ["Pending", "Running", "Completed"],
  });
  expect(standIn).toMatchObject({
    name: "child-flow-0",
    flow_run_id: parent?.id ?? "",
    task_key: "__prefect_loader__.childFlow",
    state: { type: "COMPLETED" },
  });
  expect(api.messages()).toContain(`Created subflow run '${own?.name}' for flow 'child-flow'`);
});

test("a subflow that returns nothing gives nothing, whatever its tasks gave", async () => {
  const { run } = here();
  const quiet = flow(async function quiet() {
    await half({ half: 1 });
  });
  const state = await run(flow(async () => [await quiet()], { name: "parent" }));
  expect(state.result()).toEqual([undefined]);
});

test("its logs and context are the child's", async () => {
  const { run, api } = here();
  const state = await run(flow(async () => (await child(1)).by, { name: "parent" }));
  expect(state.result()).toBe(api.flowRuns[1]?.name);
});

test("what came out of a subflow counts as a dependency of the task it is handed to", async () => {
  const { run, api } = here();
  await run(flow(async () => half(await child(8)), { name: "parent" }));
  expect(api.run("half-0")["task_inputs"]).toEqual({
    value: [{ input_type: "task_run", id: api.run("child-flow-0").id }],
  });
});

test("a failed subflow throws its error, and fails a parent that returns nothing", async () => {
  const { run, api } = here();
  let caught: unknown;
  await run(
    flow(
      async () => {
        caught = await failing().catch((error) => error);
      },
      { name: "parent" },
    ),
  );
  expect(caught).toMatchObject({ message: "child trouble" });
  expect(api.flowRuns.map((each) => [each.state?.type, each.state?.message?.slice(0, 18)])).toEqual([
    ["FAILED", "1/1 states failed."],
    ["FAILED", "Flow run encounter"],
  ]);
});

test("a failed subflow that nobody catches fails the parent with its error", async () => {
  const { run, api } = here();
  const state = await run(flow(() => failing(), { name: "parent" }));
  expect(() => state.result()).toThrow("child trouble");
  expect(api.flowRuns[0]?.state?.type).toBe("FAILED");
});

test("subflows take futures, and run side by side", async () => {
  const { run, api } = here();
  const state = await run(
    flow(
      async () => {
        const four = half.submit({ half: 4 });
        const both = await Promise.all([child(four as never), child(6)]);
        return both.map((each) => each.half);
      },
      { name: "parent" },
    ),
  );
  expect(state.result()).toEqual([2, 3]);
  expect(api.flowRuns).toHaveLength(3);
});

test("a retried parent runs a failed child again and a completed one not", async () => {
  const { run, api } = here();
  const calls = { good: 0, weak: 0 };
  const good = flow(async function good() {
    return ++calls.good;
  });
  const weak = flow(async function weak() {
    if (++calls.weak < 2) throw new Error("weak");
    return calls.weak;
  });
  const state = await run(flow(async () => (await good()) + (await weak()), { name: "parent", retries: 1 }));
  expect(state.result()).toBe(3);
  expect(calls).toEqual({ good: 1, weak: 2 });
  expect(api.flowRuns.map((each) => each.state?.name)).toEqual(["Completed", "Completed", "Failed", "Completed"]);
});

test("parameters that are no JSON are recorded as the console shows them", async () => {
  const { run, api } = here();
  const loop: Record<string, unknown> = {};
  loop["self"] = loop;
  const odd = flow(async function odd(..._values: unknown[]) {});
  await run(flow(() => odd(loop, undefined, 5n), { name: "parent" }));
  const recorded = api.flowRuns[1]?.["parameters"];
  expect(recorded).toMatchObject({ arg2: 5 });
  expect(recorded).not.toHaveProperty("arg1"); // undefined is left to the function's default
  expect(JSON.stringify(recorded)).toContain("Circular");
});

test("a flow may return the state of a run elsewhere, whose value it does not have", async () => {
  const { run, api } = here();
  const elsewhere = new RunState({ type: "COMPLETED", message: "done there" });
  const inner = flow(async () => elsewhere, { name: "inner" });
  const state = await run(flow(async () => [await inner(), 1], { name: "outer" }));
  expect(state.result()).toEqual([undefined, 1]);
  expect(api.flowRuns.map((each) => each.state?.message)).toEqual([null, "done there"]);
});

test("returnState gives the state of a subflow, and does not throw for one that failed", async () => {
  const { run } = here();
  const both = flow(
    async () => {
      const [good, failed] = [await child.returnState(8), await failing.returnState()];
      return `${good.name} ${good.result().half} ${failed.name} ${failed.error()}`;
    },
    { name: "parent" },
  );
  expect((await run(both)).result()).toBe("Completed 4 Failed Error: child trouble");
});
