// Runs that no agent looks after, cancelled from outside: their own process lets go of them. Against the real server.
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { CancelledRun } from "#domain/run-errors.ts";
import { nextTurn } from "#lib/yield.ts";
import { flow, runContext, sleep, task } from "#sdk/index.ts";
import type { FlowRun } from "#wire/runs/flow-runs.ts";
import { propose } from "../../server/proposals.ts";
import { type OnApp, onApp } from "../on-app.ts";

let here: OnApp;
let done: string[] = [];
beforeEach(() => {
  here = onApp();
  done = [];
});
afterEach(() => here.close());

/** Never ends by itself. */
const forever = () => new Promise<never>(() => {});
const endless = (name = "endless") =>
  flow(
    async () => {
      done.push("begun");
      await forever();
    },
    { name },
  );

/** The run of a flow that has begun. */
async function begun(): Promise<FlowRun> {
  while (done.length === 0) await nextTurn();
  const [run] = await here.flowRuns();
  if (!run) throw new Error("a flow that has begun has a run");
  return run;
}
const cancel = (run: FlowRun) => propose(here.app, "flow_runs", run.id, { type: "CANCELLING" });

test("a cancelled run ends at once, as Cancelled", async () => {
  const work = here.run(endless());
  const run = await begun();
  await cancel(run);
  const state = await work;
  expect(state.isCancelled()).toBeTrue();
  expect(state.error()).toBeInstanceOf(CancelledRun);
  expect(await here.inState(run.id, "Cancelled")).toMatchObject({ state_type: "CANCELLED" });
  expect(here.lines.at(-1)).toContain("Finished in state Cancelled(");
});

test("one that was made Cancelled by force ends too, with the words of who did it", async () => {
  const work = here.run(endless());
  const run = await begun();
  await propose(here.app, "flow_runs", run.id, { type: "CANCELLED", message: "by hand" }, { force: true });
  expect((await work).message).toBe("by hand");
  expect((await here.flowRuns()).length).toBe(1);
});

test("what it waits for is let go, and its late calls are refused", async () => {
  const late = Promise.withResolvers<unknown>();
  const work = here.run(
    flow(
      async () => {
        const { signal } = runContext();
        done.push("begun");
        await new Promise<void>((resolve) => signal?.addEventListener("abort", () => resolve()));
        try {
          await task(async () => void done.push("late"), { name: "late" })();
        } catch (error) {
          late.resolve(error);
        }
      },
      { name: "a" },
    ),
  );
  await cancel(await begun());
  expect((await work).isCancelled()).toBeTrue();
  expect(await late.promise).toBeInstanceOf(Error);
  expect(done).toEqual(["begun"]);
});

test("its running tasks are cancelled with it", async () => {
  const work = here.run(
    flow(
      async () => {
        await task(
          async () => {
            done.push("begun");
            await forever();
          },
          { name: "long" },
        )();
      },
      { name: "a" },
    ),
  );
  await cancel(await begun());
  await work;
  const [run] = await here.taskRuns();
  expect(run).toMatchObject({ state_type: "CANCELLED" });
});

describe("nothing changes", () => {
  test("for another run of the same process", async () => {
    const other = Promise.withResolvers<number>();
    const going = here.run(flow(async () => other.promise, { name: "other" }));
    while ((await here.flowRuns()).length === 0) await nextTurn();
    const work = here.run(endless());
    await begun();
    const run = (await here.flowRuns()).at(-1);
    if (!run) throw new Error("there are two");
    await cancel(run);
    expect((await work).isCancelled()).toBeTrue();
    other.resolve(7);
    expect((await going).result()).toBe(7);
  });

  test("for a run that ends before anybody cancels it", async () => {
    const state = await here.run(
      flow(
        async () => {
          await sleep(5);
          return 1;
        },
        { name: "a" },
      ),
    );
    expect(state.result()).toBe(1);
  });
});
