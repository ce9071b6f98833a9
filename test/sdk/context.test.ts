// What flow code may ask about its run.
import { expect, test } from "bun:test";
import { Cancelled, Completed, Crashed, Failed, flow, runContext, sleep, task } from "#sdk/index.ts";
import { here } from "../engine/here.ts";

test("runContext tells a flow and a task who they are", async () => {
  const { run, api } = here();
  const inner = task(async function inner() {
    return runContext().taskRun;
  });
  const state = await run(
    flow(async function outer(_x: number) {
      const { flowRun, taskRun } = runContext();
      return { flowRun, taskRun, inner: await inner() };
    }),
    5,
  );
  const [flowRun] = api.flowRuns;
  expect(state.result()).toMatchObject({
    flowRun: {
      id: flowRun?.id,
      name: flowRun?.name,
      flowName: "outer",
      parameters: { _x: 5 },
      runCount: 1,
      deploymentId: null,
    },
    taskRun: null,
    inner: { id: api.run("inner-0").id, name: "inner-0", taskName: "inner", runCount: 1 },
  });
});

test("its signal is aborted when the flow took too long, and sleeps end", async () => {
  const { run, clock } = here();
  let aborted = false;
  let begun = 0;
  let woken = 0;
  await run(
    flow(
      async () => {
        begun = clock.elapsed();
        runContext().signal.addEventListener("abort", () => {
          aborted = true;
        });
        await sleep(100).finally(() => {
          woken = clock.elapsed();
        });
      },
      { name: "a", timeoutSeconds: 1 },
    ),
  );
  expect(aborted).toBeTrue();
  expect(woken - begun).toBeWithin(1_000, 2_000);
});

test("tasks of an abandoned flow are refused", async () => {
  const { run, api } = here();
  const late = task(async function late() {});
  const abandoned = Promise.withResolvers<unknown>();
  await run(
    flow(
      async () => {
        await sleep(5).catch(() => {});
        await Promise.resolve()
          .then(() => late())
          .then(abandoned.resolve, abandoned.resolve);
      },
      { name: "a", timeoutSeconds: 1 },
    ),
  );
  expect(String(await abandoned.promise)).toContain("abort");
  expect(api.taskRuns).toEqual([]);
});

test("outside of a run, sleep just sleeps and the context says it is not there", async () => {
  await sleep(0);
  expect(() => runContext()).toThrow("runContext() was called outside of a flow or task run.");
});

test("states made by hand hold what they are given", () => {
  const boom = new Error("boom");
  expect(Completed({ data: 5 }).result()).toBe(5);
  expect(Completed().result()).toBeUndefined();
  expect(() => Failed({ data: boom }).result()).toThrow(boom);
  expect(() => Failed({ message: "m" }).result()).toThrow("m");
  expect([Cancelled(), Crashed({ name: "Lost" })].map(String)).toEqual(["Cancelled()", "Lost(type=CRASHED)"]);
});
