// A server that goes away while a run executes: work goes on, its end is told late, nothing is done twice.
import { expect, test } from "bun:test";
import { notTheApi } from "#client/refusals.ts";
import { OrchError } from "#lib/errors.ts";
import { flow, getRunLogger, sleep, task } from "#sdk/index.ts";
import { here } from "./here.ts";

const AWAY = new OrchError("unavailable", "orch server is not answering");

test("the final state arrives when the server is back, minutes later", async () => {
  const { run, api, clock } = here();
  const work = flow(
    async () => {
      getRunLogger().info("working");
      const back = clock.now() + 300_000;
      api.before = () => {
        if (clock.now() < back) throw AWAY;
      };
      return 7;
    },
    { name: "a" },
  );
  const state = await run(work);
  expect(state.result()).toBe(7);
  expect(api.flowRuns[0]?.state?.type).toBe("COMPLETED");
  expect(api.messages()).toContain("working");
  expect(clock.elapsed()).toBeWithin(300_000, 320_000);
});

test("an address of another program is not waited for by a program that was just started", async () => {
  const { run, api, clock } = here();
  api.before = () => {
    throw notTheApi("http://other/api");
  };
  await expect(run(flow(() => 1, { name: "a" }))).rejects.toMatchObject({
    code: "invalid",
    message: expect.stringContaining("What answers at http://other/api is no API"),
  });
  expect(clock.elapsed()).toBeWithin(2_000, 5_000);
});

test("once the API has answered, a proxy that answers for it is waited for", async () => {
  const { run, api, clock } = here();
  const work = flow(
    () => {
      const back = clock.now() + 300_000;
      api.before = () => {
        if (clock.now() < back) throw notTheApi("http://proxy/api");
      };
      return 7;
    },
    { name: "a" },
  );
  expect((await run(work)).result()).toBe(7);
  expect(clock.elapsed()).toBeWithin(300_000, 320_000);
});

test("a task whose every answer is lost once still runs once", async () => {
  const { run, api } = here();
  let ran = 0;
  const lost = new Set<string>();
  api.after = (call) => {
    if (!call.includes("task_runs") || lost.has(`${call} ${api.taskRuns[0]?.state?.type}`)) return;
    lost.add(`${call} ${api.taskRuns[0]?.state?.type}`);
    throw AWAY;
  };
  const once = task(async function once() {
    return ++ran;
  });
  const state = await run(flow(() => once(), { name: "a" }));
  expect(state.result()).toBe(1);
  expect(api.taskRuns).toHaveLength(1);
  expect(lost.size).toBe(3);
});

test("a flow run whose every answer is lost once still runs once and completes", async () => {
  const { run, api } = here();
  let ran = 0;
  const lost = new Set<string>();
  api.after = (call) => {
    const what = `${call} ${api.flowRuns[0]?.state?.type}`;
    if (!call.includes("set_state") || lost.has(what)) return;
    lost.add(what);
    throw AWAY;
  };
  const state = await run(flow(async () => ++ran, { name: "a" }));
  expect(state.result()).toBe(1);
  expect(api.flowRuns[0]?.history).toEqual(["Pending", "Running", "Completed"]);
});

test("a server that never comes back crashes the run after ten minutes of asking", async () => {
  const { run, api, clock } = here();
  const work = flow(
    async () => {
      api.before = () => {
        throw AWAY;
      };
      return 1;
    },
    { name: "a" },
  );
  await expect(run(work)).rejects.toThrow("orch server is not answering");
  expect(clock.elapsed()).toBeWithin(590_000, 630_000);
});

test("when only the tasks' calls fail for good, the run is CRASHED, not FAILED", async () => {
  const { run, api } = here();
  api.before = (call) => {
    if (call === "POST /task_runs/") throw AWAY;
  };
  const step = task(async function step() {});
  await expect(run(flow(() => step(), { name: "a" }))).rejects.toThrow("not answering");
  expect(api.flowRuns[0]?.state).toMatchObject({
    type: "CRASHED",
    message: "Request to http://fake/api failed: orch server is not answering",
  });
});

test("tasks that a timed-out flow left behind are not left RUNNING", async () => {
  const { run, api } = here();
  const long = task(async function long() {
    await sleep(3_600);
  });
  await run(flow(() => long.submit().result(), { name: "a", timeoutSeconds: 1 }));
  expect(api.flowRuns[0]?.state?.name).toBe("TimedOut");
  expect(api.run("long-0").state).toMatchObject({
    type: "CRASHED",
    message: "Execution was cancelled by the runtime environment.",
  });
});

test("a run scheduled for later starts when it is due, not before", async () => {
  const { run, api, clock } = here();
  let startedAt = 0;
  api.before = (call) => {
    const run = api.flowRuns[0];
    if (!call.endsWith("set_state") || clock.elapsed() > 0 || !run?.state) return;
    run.state.state_details.scheduled_time = "2026-11-23T06:00:12.345000+00:00";
  };
  await run(
    flow(
      async () => {
        startedAt = clock.elapsed();
      },
      { name: "a" },
    ),
  );
  expect(startedAt).toBeWithin(12_345, 12_365);
});

test("heartbeats are sent while a run goes on, from the first interval on", async () => {
  const { run, api } = here({ ORCH_HEARTBEAT_SECONDS: 5 });
  await run(flow(() => sleep(21), { name: "a" }));
  const beats = api.calls.filter((call) => call === "POST /orch/heartbeats");
  expect(beats).toHaveLength(4);
});
