// Flow runs that wait for somebody's word, in their process or without one, against the real server.
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { FlowPauseTimeout, MissingResult } from "#domain/run-errors.ts";
import { OrchError } from "#lib/errors.ts";
import { nextTurn } from "#lib/yield.ts";
import { apiHost } from "#sdk/host.ts";
import { flow, pauseFlowRun, runContext, sleep, task } from "#sdk/index.ts";
import { pausesFor } from "#sdk/pause.ts";
import { createPauses } from "#server/loops/pauses.ts";
import type { Endpoint } from "#wire/endpoint.ts";
import { createConcurrencyLimit } from "#wire/pools/concurrency-limits.ts";
import { readFlowRun, resumeFlowRun } from "#wire/runs/flow-runs.ts";
import { flowRun, propose } from "../../server/proposals.ts";
import { type OnApp, onApp } from "../on-app.ts";

let here: OnApp;
let done: string[] = [];
beforeEach(() => {
  here = onApp();
  done = [];
});
afterEach(() => here.close());

const step = (name: string, options = {}) =>
  task(
    async () => {
      done.push(name);
      return { name };
    },
    { name, ...options },
  );
const api = () => ({ client: here.client, clock: here.clock, settings: here.app.settings });
const outside = () => pausesFor(apiHost(async () => api()));

/** The only flow run there is, once it is paused. */
async function paused() {
  for (;;) {
    const [run] = await here.flowRuns();
    if (run?.state_type === "PAUSED") return run;
    await nextTurn();
  }
}

const waiting = (options: Parameters<typeof pauseFlowRun>[0] = {}) =>
  flow(
    async () => {
      done.push("before");
      await pauseFlowRun(options);
      done.push("after");
      return 7;
    },
    { name: "a" },
  );

describe("in its process", () => {
  test("the flow waits, is woken by its resume, and goes on to its end", async () => {
    const work = here.run(waiting({ timeout: null }));
    const run = await paused();
    expect(run.state?.state_details).toMatchObject({ pause_key: "0", pause_reschedule: false, pause_timeout: null });
    expect(done).toEqual(["before"]);
    await outside().resumeFlowRun(run.id);
    expect((await work).result()).toBe(7);
    expect(await flowRun(here.app, run.id)).toMatchObject({ state_type: "COMPLETED", run_count: 2 });
    expect(here.lines.join("\n")).toContain("Pausing flow, execution will continue when this flow run is resumed.");
    expect(here.lines.join("\n")).toContain("Resuming flow run execution!");
  });

  test("300 seconds are the usual time, after which the run fails", async () => {
    const work = here.run(waiting());
    const run = await paused();
    const { timestamp, state_details } = run.state ?? { timestamp: "", state_details: { pause_timeout: null } };
    expect(Date.parse(String(state_details.pause_timeout)) - Date.parse(timestamp)).toBeWithin(300_000, 303_000);
    here.advance(304);
    const state = await work;
    expect(state.error()).toBeInstanceOf(FlowPauseTimeout);
    expect((await flowRun(here.app, run.id)).state).toMatchObject({
      type: "FAILED",
      message: "The flow was paused and never resumed.",
    });
    expect(done).toEqual(["before"]);
  });

  test("a run that the server has failed for it is over for the process too", async () => {
    const failures: string[] = [];
    const hooked = waiting({ timeout: 60 }).withOptions({ onFailure: [() => void failures.push("told")] });
    const work = here.run(hooked);
    const run = await paused();
    here.app.clock.advance(70);
    const pauses = createPauses(here.app.app.context);
    expect(await pauses.runOnce()).toBe(1);
    expect((await work).isFailed()).toBeTrue();
    expect(done).toEqual(["before"]);
    expect((await flowRun(here.app, run.id)).state_name).toBe("Failed");
    await pauses.stop();
  });

  test("a run that is ended otherwise while it waits is left as it is", async () => {
    const work = here.run(waiting({ timeout: null }));
    const run = await paused();
    await propose(here.app, "flow_runs", run.id, { type: "CANCELLED" });
    expect((await work).isCancelled()).toBeTrue();
    expect(done).toEqual(["before"]);
  });

  test("a second pause has the next key; a key that was used before is none", async () => {
    const twice = flow(
      async () => {
        for (const key of ["mine", undefined, "mine"]) {
          await pauseFlowRun({ timeout: null, ...(key ? { key } : {}) });
          done.push(key ?? "own");
        }
      },
      { name: "a" },
    );
    const work = here.run(twice);
    const keys: unknown[] = [];
    for (const _pause of [1, 2]) {
      const run = await paused();
      keys.push(run.state?.state_details.pause_key);
      await here.app.call(resumeFlowRun, { params: { id: run.id }, body: {} });
    }
    await work;
    expect(keys).toEqual(["mine", "0"]);
    expect(done).toEqual(["mine", "own", "mine"]);
  });

  test("tasks that are called meanwhile start when it is resumed; those under way go on", async () => {
    const slow = task(
      async () => {
        await here.inState(runContext().flowRun.id, "Paused");
        done.push("slow");
      },
      { name: "slow" },
    );
    const both = flow(
      async () => {
        const first = slow.submit();
        const late = first.wait().then(() => step("late")());
        while ((await here.taskRuns())[0]?.state_type !== "RUNNING") await nextTurn();
        await pauseFlowRun({ timeout: null });
        done.push("resumed");
        await late;
      },
      { name: "a" },
    );
    const work = here.run(both);
    const run = await paused();
    for (;;) {
      const held = (await here.taskRuns()).find(({ state_name }) => state_name === "NotReady");
      if (held) break;
      await nextTurn();
    }
    expect(done).toEqual(["slow"]);
    await here.app.call(resumeFlowRun, { params: { id: run.id }, body: {} });
    expect((await work).isCompleted()).toBeTrue();
    expect(done.toSorted()).toEqual(["late", "resumed", "slow"]);
    expect((await here.taskRuns()).map(({ state_type }) => state_type)).toEqual(["COMPLETED", "COMPLETED"]);
  });

  test("a task that waits with a flow that is ended never starts", async () => {
    const late = flow(
      async () => {
        const waiting = pauseFlowRun({ timeout: null });
        await here.inState(runContext().flowRun.id, "Paused");
        await Promise.allSettled([waiting, step("late")()]);
      },
      { name: "a" },
    );
    const work = here.run(late);
    while ((await here.taskRuns())[0]?.state_name !== "NotReady") await nextTurn();
    const [run] = await here.flowRuns();
    await propose(here.app, "flow_runs", run?.id ?? "", { type: "CANCELLED" });
    expect((await work).isCancelled()).toBeTrue();
    expect(done).toEqual([]);
  });

  test("a flow that takes too long while it waits is TimedOut", async () => {
    const state = await here.run(waiting({ timeout: null }).withOptions({ timeoutSeconds: 30 }));
    expect([state.name, done]).toEqual(["TimedOut", ["before"]]);
    expect((await here.flowRuns())[0]?.state_name).toBe("TimedOut");
  });

  test("a server that does not tell of changes is asked every few seconds", async () => {
    const { call } = here.client;
    let looks = 0;
    const old = async (endpoint: Endpoint, input: { params: { id: string } }, options: object) => {
      if (endpoint.path.includes("/orch/")) throw new OrchError("not_found", "Not Found");
      const isLook = endpoint.path === readFlowRun.path && endpoint.method === "GET";
      if (isLook && ++looks === 3) await here.app.call(resumeFlowRun, { ...input, body: {} });
      return call(endpoint as never, input as never, options); // passed on as it is
    };
    here.client.call = old as unknown as typeof call; // as above
    const before = here.clock.elapsed();
    await here.run(waiting({ timeout: 600, pollInterval: 20 }));
    expect(done).toEqual(["before", "after"]);
    expect(here.clock.elapsed() - before).toBeWithin(60_000, 66_000);
  });
});

describe("without its process", () => {
  const kept = { persistResult: true };
  const approval = (inner: object = kept) =>
    flow(
      async () => {
        const draft = await step("write", inner)();
        const child = await flow(async () => void done.push("child"), { name: "child", ...inner })();
        await pauseFlowRun({ reschedule: true, timeout: 3600 });
        return [draft, child, await step("publish")(), runContext().flowRun.runCount];
      },
      { name: "approval" },
    );

  test("the process ends, and after the resume another one goes on without doing anything twice", async () => {
    const run = await here.deployedRun();
    const first = await here.execute(run.id, approval());
    expect([first.type, first.name]).toEqual(["PAUSED", "Paused"]);
    expect(done).toEqual(["write", "child"]);
    await outside().resumeFlowRun(run.id);
    expect(await flowRun(here.app, run.id)).toMatchObject({ state_name: "Resuming", state_type: "SCHEDULED" });
    const second = await here.execute(run.id, approval());
    expect(second.result()).toEqual([{ name: "write" }, undefined, { name: "publish" }, 1]);
    expect(done).toEqual(["write", "child", "publish"]);
    expect(await flowRun(here.app, run.id)).toMatchObject({ state_type: "COMPLETED", run_count: 1 });
    expect((await here.taskRuns()).map(({ name, run_count }) => [name, run_count])).toEqual([
      ...[
        ["write-0", 1],
        ["child-0", 1],
        ["publish-0", 1],
      ],
    ]);
  });

  test("what completed and was not kept is not done twice either: its result is missing, with what to do", async () => {
    const run = await here.deployedRun();
    await here.execute(run.id, approval({}));
    await outside().resumeFlowRun(run.id);
    const state = await here.execute(run.id, approval({}));
    expect(state.error()).toBeInstanceOf(MissingResult);
    expect(String(state.error())).toContain("'persistResult: true' of its flow or task keeps it");
    expect(done).toEqual(["write", "child"]);
  });

  test("code that catches everything does not keep the process, and nothing of it starts any more", async () => {
    const stubborn = flow(
      async () => {
        await pauseFlowRun({ reschedule: true }).catch(() => {});
        await step("sneaked in")().catch(() => {});
        return "done";
      },
      { name: "a" },
    );
    const run = await here.deployedRun();
    expect((await here.execute(run.id, stubborn)).name).toBe("Paused");
    expect(done).toEqual([]);
    expect((await flowRun(here.app, run.id)).state_type).toBe("PAUSED");
  });

  test("tasks under way end before the process does, and a finally of the flow runs", async () => {
    const slow = task(
      async () => {
        await sleep(5);
        done.push("slow");
      },
      { name: "slow" },
    );
    const tidy = flow(
      async () => {
        const future = slow.submit();
        while ((await here.taskRuns())[0]?.state_type !== "RUNNING") await nextTurn();
        try {
          await pauseFlowRun({ reschedule: true });
        } finally {
          done.push("tidied");
        }
        return future;
      },
      { name: "a" },
    );
    const run = await here.deployedRun();
    await here.execute(run.id, tidy);
    expect(done).toEqual(["tidied", "slow"]);
    expect((await here.taskRuns())[0]?.state_type).toBe("COMPLETED");
  });

  test("after a retry a pause is due once more, and its tasks too", async () => {
    let isBroken = true;
    const weak = flow(
      async () => {
        await step("write", kept)();
        await pauseFlowRun({ reschedule: true });
        if (isBroken) throw new Error("broken");
      },
      { name: "a" },
    );
    const run = await here.deployedRun();
    await here.execute(run.id, weak);
    await here.app.call(resumeFlowRun, { params: { id: run.id }, body: {} });
    expect((await here.execute(run.id, weak)).isFailed()).toBeTrue();
    isBroken = false;
    await propose(here.app, "flow_runs", run.id, { type: "SCHEDULED", name: "AwaitingRetry" });
    expect((await here.execute(run.id, weak)).name).toBe("Paused");
  });

  test("needs a deployment, and cannot be of a subflow: the flow fails with that", async () => {
    const alone = await here.run(waiting({ reschedule: true }));
    expect(String(alone.error())).toContain(
      "Flow run cannot be paused: Cannot pause flows without a deployment with the reschedule option.",
    );
    const run = await here.deployedRun();
    const parent = flow(() => waiting({ reschedule: true })(), { name: "parent" });
    expect(String((await here.execute(run.id, parent)).error())).toContain(
      "Cannot pause subflows with the reschedule option.",
    );
  });

  test("a run paused from outside ends before its next task", async () => {
    const two = flow(
      async () => {
        await step("one", kept)();
        if (done.length === 1) await outside().pauseFlowRun({ flowRunId: runContext().flowRun.id });
        await step("two")();
      },
      { name: "a" },
    );
    const run = await here.deployedRun();
    expect((await here.execute(run.id, two)).name).toBe("Paused");
    expect(done).toEqual(["one"]);
    await outside().resumeFlowRun(run.id);
    done.push("resumed");
    expect((await here.execute(run.id, two)).isCompleted()).toBeTrue();
    expect(done).toEqual(["one", "resumed", "two"]);
  });
});

test("a task whose own tasks cannot start leaves its slot, and runs again after the resume", async () => {
  await here.app.call(createConcurrencyLimit, { body: { tag: "db", concurrency_limit: 1 } });
  const outer = task(
    async () => {
      done.push("outer");
      if (done.length === 1) await outside().pauseFlowRun({ flowRunId: runContext().flowRun.id });
      return step("inner")();
    },
    { name: "outer", tags: ["db"] },
  );
  const work = flow(() => outer(), { name: "a" });
  const run = await here.deployedRun();
  expect((await here.execute(run.id, work)).name).toBe("Paused");
  expect((await here.taskRuns()).map(({ state_name }) => state_name)).toEqual(["NotReady", "NotReady"]);
  await outside().resumeFlowRun(run.id);
  expect((await here.execute(run.id, work)).result()).toEqual({ name: "inner" });
  expect(done).toEqual(["outer", "outer", "inner"]);
  expect(await here.taskRuns()).toHaveLength(2);
});

test("a resumed run has no process that could be killed in its place", async () => {
  const run = await here.deployedRun();
  await here.execute(run.id, waiting({ reschedule: true }));
  await here.app.send("PATCH", `/flow_runs/${run.id}`, { infrastructure_pid: "host:1" });
  await here.app.call(resumeFlowRun, { params: { id: run.id }, body: {} });
  expect((await flowRun(here.app, run.id)).infrastructure_pid).toBeNull();
});
