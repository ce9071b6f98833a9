// The rules of task runs beyond single transitions (matrix.test.ts has those): caches, slots, retries, reruns.
import { afterAll, beforeEach, describe, expect, test } from "bun:test";
import { AwaitingRetry, Completed, Failed, Running } from "#domain/states.ts";
import { retryDelay } from "#server/orchestration/rules/retry-failed-task-runs.ts";
import { createConcurrencyLimit, readConcurrencyLimitByTag } from "#wire/pools/concurrency-limits.ts";
import type { TaskRunPolicy } from "#wire/runs/task-runs.ts";
import { testApp } from "../../../app.ts";
import { makeDeployment, makeFlowRun, makeTaskRun } from "../../../factory.ts";
import { inSeconds, propose, taskRun, walk } from "../../proposals.ts";

const app = testApp();
afterAll(() => app.close());

let counter = 0;
let tag = "";
beforeEach(() => {
  tag = `tag-${++counter}`;
});

const limitTo = (limit: number, name = tag) =>
  app.call(createConcurrencyLimit, { body: { tag: name, concurrency_limit: limit } });
const slots = async (name = tag) => (await app.call(readConcurrencyLimitByTag, { params: { tag: name } })).active_slots;

describe("a cached task", () => {
  const cached = (parts: object = {}) => Completed({ data: { value: 1 }, state_details: { cache_key: tag, ...parts } });
  const asks = (parts: object = {}) => Running({ state_details: { cache_key: tag, ...parts } });

  test("is answered with the kept state, and does not run", async () => {
    const first = await makeTaskRun(app, { state: { type: "RUNNING" } });
    await propose(app, "task_runs", first.id, { ...cached(), message: "done" });
    const second = await makeTaskRun(app);
    const seen = await propose(app, "task_runs", second.id, asks());
    expect(seen).toMatchObject({ http: 201, status: "REJECT", reason: "Retrieved state from cache" });
    expect(seen.state).toMatchObject({ type: "COMPLETED", name: "Cached", message: "done", data: { value: 1 } });
    expect(seen.state?.state_details).toMatchObject({ task_run_id: second.id, flow_run_id: second.flow_run_id });
    expect(await taskRun(app, second.id)).toMatchObject({ run_count: 0, start_time: null, state_name: "Cached" });
  });

  test("is answered with the newest state", async () => {
    for (const value of [1, 2]) {
      const run = await makeTaskRun(app, { state: { type: "RUNNING" } });
      await propose(app, "task_runs", run.id, { ...cached(), data: { value } });
      app.clock.advance(1);
    }
    const seen = await propose(app, "task_runs", (await makeTaskRun(app)).id, asks());
    expect(seen.state?.data).toEqual({ value: 2 });
  });

  const misses: [string, keep: object, ask: object, later: number][] = [
    ["runs when the kept state has expired", { cache_expiration: "2026-11-23T12:00:00Z" }, {}, 1],
    ["runs when it wants to refresh the cache", {}, { refresh_cache: true }, 0],
    ["runs when its key is another", {}, { cache_key: "another" }, 0],
    ["runs when it names no key", {}, { cache_key: null }, 0],
  ];
  for (const [what, keep, ask, later] of misses) {
    test(what, async () => {
      const run = await makeTaskRun(app, { state: { type: "RUNNING" } });
      await propose(app, "task_runs", run.id, cached(keep));
      app.clock.advance(later);
      const seen = await propose(app, "task_runs", (await makeTaskRun(app)).id, asks(ask));
      expect(seen).toMatchObject({ status: "ACCEPT", state: { type: "RUNNING" } });
    });
  }

  test("is found until the very moment it expires", async () => {
    const run = await makeTaskRun(app, { state: { type: "RUNNING" } });
    await propose(app, "task_runs", run.id, cached({ cache_expiration: inSeconds(app, 10) }));
    app.clock.advance(9.999);
    expect((await propose(app, "task_runs", (await makeTaskRun(app)).id, asks())).status).toBe("REJECT");
    app.clock.advance(0.001);
    expect((await propose(app, "task_runs", (await makeTaskRun(app)).id, asks())).status).toBe("ACCEPT");
  });

  test("runs when the kept state went with its run", async () => {
    const run = await makeTaskRun(app, { state: { type: "RUNNING" } });
    await propose(app, "task_runs", run.id, cached());
    await app.send("DELETE", `/task_runs/${run.id}`);
    expect((await propose(app, "task_runs", (await makeTaskRun(app)).id, asks())).status).toBe("ACCEPT");
  });

  test("that was forced to complete is not kept", async () => {
    const run = await makeTaskRun(app, { state: { type: "RUNNING" } });
    await propose(app, "task_runs", run.id, cached(), { force: true });
    expect((await propose(app, "task_runs", (await makeTaskRun(app)).id, asks())).status).toBe("ACCEPT");
  });
});

describe("slots of a limited tag", () => {
  test("are taken by running tasks; who finds none waits, until one is given back", async () => {
    await limitTo(1);
    const [one, two] = [await makeTaskRun(app, { tags: [tag] }), await makeTaskRun(app, { tags: [tag] })];
    expect(await walk(app, "task_runs", one.id, ["RUNNING"])).toEqual(["ACCEPT RUNNING/Running"]);
    expect(await slots()).toEqual([one.id]);
    expect(await propose(app, "task_runs", two.id, { type: "RUNNING" })).toMatchObject({
      http: 200,
      status: "WAIT",
      delay: 30,
      reason: `Concurrency limit for the ${tag} tag has been reached`,
      state: { type: "PENDING" },
    });
    await walk(app, "task_runs", one.id, ["COMPLETED"]);
    expect(await slots()).toEqual([]);
    expect(await walk(app, "task_runs", two.id, ["RUNNING"])).toEqual(["ACCEPT RUNNING/Running"]);
  });

  test("are counted exactly when many ask at once", async () => {
    await limitTo(3);
    const flow = await makeFlowRun(app, { state: { type: "RUNNING" } });
    const runs = await Promise.all(
      Array.from({ length: 20 }, () => makeTaskRun(app, { tags: [tag], flow_run_id: flow.id })),
    );
    const seen = await Promise.all(runs.map(({ id }) => propose(app, "task_runs", id, { type: "RUNNING" })));
    expect(seen.filter(({ status }) => status === "ACCEPT").length).toBe(3);
    expect((await slots()).length).toBe(3);
  });

  test("are given back by a task that waits for its retry: it does not wait for itself", async () => {
    await limitTo(1);
    const run = await makeTaskRun(app, { tags: [tag], empirical_policy: { retries: 1 } });
    expect(await walk(app, "task_runs", run.id, ["RUNNING", "FAILED"])).toEqual([
      "ACCEPT RUNNING/Running",
      "REJECT SCHEDULED/AwaitingRetry",
    ]);
    expect(await slots()).toEqual([]);
    expect(await walk(app, "task_runs", run.id, ["RUNNING"])).toEqual(["ACCEPT RUNNING/Retrying"]);
    expect(await slots()).toEqual([run.id]);
  });

  test("of several tags are taken together or not at all", async () => {
    const [a, b] = [`${tag}-a`, `${tag}-b`];
    await limitTo(5, a);
    await limitTo(1, b);
    await walk(app, "task_runs", (await makeTaskRun(app, { tags: [b] })).id, ["RUNNING"]);
    const both = await makeTaskRun(app, { tags: [a, b] });
    expect((await propose(app, "task_runs", both.id, { type: "RUNNING" })).status).toBe("WAIT");
    expect(await slots(a)).toEqual([]);
  });

  test("are given back when a later rule makes the task wait", async () => {
    await limitTo(1);
    const run = await makeTaskRun(app, { tags: [tag], state: AwaitingRetry(inSeconds(app, 60)) });
    expect((await propose(app, "task_runs", run.id, { type: "RUNNING" })).reason).toBe(
      "Scheduled time is in the future",
    );
    expect(await slots()).toEqual([]);
  });

  test("stay taken while a task is cancelled, and are given back by force too", async () => {
    await limitTo(1);
    const run = await makeTaskRun(app, { tags: [tag] });
    await walk(app, "task_runs", run.id, ["RUNNING", "CANCELLING"]);
    expect(await slots()).toEqual([run.id]);
    await propose(app, "task_runs", run.id, { type: "CANCELLED" }, { force: true });
    expect(await slots()).toEqual([]);
  });

  test("of a limit of 0 will never be there", async () => {
    await limitTo(0);
    const run = await makeTaskRun(app, { tags: [tag] });
    expect(await propose(app, "task_runs", run.id, { type: "RUNNING" })).toMatchObject({
      status: "ABORT",
      reason: `The concurrency limit on tag "${tag}" is 0 and will deadlock if the task tries to run again.`,
    });
  });
});

describe("a failing task", () => {
  test("with retries left runs again as Retrying, and then fails", async () => {
    const run = await makeTaskRun(app, { empirical_policy: { retries: 1, retry_delay: 2 } });
    await walk(app, "task_runs", run.id, ["RUNNING"]);
    const seen = await propose(app, "task_runs", run.id, Failed({ message: "boom" }));
    expect(seen).toMatchObject({ http: 201, status: "REJECT", reason: "Retrying", state: { message: "boom" } });
    expect(seen.state?.state_details.scheduled_time).toBe(inSeconds(app, 2));
    app.clock.advance(2);
    expect(await walk(app, "task_runs", run.id, ["RUNNING", "FAILED", "RUNNING"])).toEqual([
      "ACCEPT RUNNING/Retrying",
      "ACCEPT FAILED/Failed",
      "ABORT FAILED/Failed",
    ]);
    expect(await taskRun(app, run.id)).toMatchObject({ run_count: 2, state_name: "Failed" });
  });

  const policy = (parts: Partial<TaskRunPolicy>): TaskRunPolicy => ({
    ...{ max_retries: 0, retry_delay_seconds: 0, retries: 9, retry_delay: null, retry_jitter_factor: null },
    ...parts,
  });
  const delays: [string, Partial<TaskRunPolicy>, runCount: number, expected: number][] = [
    ["without a delay is retried at once", {}, 1, 0],
    ["waits for its one delay each time", { retry_delay: 4 }, 3, 4],
    ["waits for the first delay of a list first", { retry_delay: [1, 5, 9] }, 1, 1],
    ["waits for the second one then", { retry_delay: [1, 5, 9] }, 2, 5],
    ["waits for the last one ever after", { retry_delay: [1, 5, 9] }, 7, 9],
    ["with an empty list is retried at once", { retry_delay: [] }, 1, 0],
    ["without a delay to scatter is retried at once", { retry_delay: 0, retry_jitter_factor: 2 }, 1, 0],
  ];
  for (const [what, parts, runCount, expected] of delays) {
    test(what, () => expect(retryDelay(policy(parts), runCount, () => 0.5)).toBe(expected));
  }

  for (const factor of [0.5, 1, 3]) {
    test(`scatters its delay around the mean, within the limits of factor ${factor}`, () => {
      const base = 10;
      const power = 2 ** (1 + factor);
      const drawn = (chance: number) =>
        retryDelay(policy({ retry_delay: base, retry_jitter_factor: factor }), 1, () => chance);
      expect(drawn(0)).toBeCloseTo(base * Math.log2(power / (power - 1)), 9);
      expect(drawn(1)).toBeCloseTo(base * (1 + factor), 9);
      const many = Array.from({ length: 101 }, (_, step) => drawn(step / 100));
      expect(many).toEqual(many.toSorted((a, b) => a - b));
    });
  }
});

describe("a task that runs again", () => {
  test("says so in its name", async () => {
    const run = await makeTaskRun(app);
    expect(await walk(app, "task_runs", run.id, ["RUNNING", "RUNNING", "PENDING", "RUNNING"])).toEqual([
      "ACCEPT RUNNING/Running",
      "ACCEPT RUNNING/Rerunning",
      "ACCEPT PENDING/Pending",
      "ACCEPT RUNNING/Rerunning",
    ]);
  });

  for (const end of ["FAILED", "CRASHED", "CANCELLED"] as const) {
    test(`after it ended ${end} does so once its flow was tried again, from a fresh count`, async () => {
      const { id, flow_id } = await makeDeployment(app);
      const flow = await makeFlowRun(app, { state: { type: "RUNNING" }, deployment_id: id, flow_id });
      const run = await makeTaskRun(app, { flow_run_id: flow.id });
      await walk(app, "task_runs", run.id, ["RUNNING", end]);
      expect(await walk(app, "task_runs", run.id, ["RUNNING"])).toEqual([
        `ABORT ${end}/${end[0]}${end.slice(1).toLowerCase()}`,
      ]);
      await walk(app, "flow_runs", flow.id, ["FAILED", AwaitingRetry(inSeconds(app, 0)), "RUNNING"]);
      expect(await walk(app, "task_runs", run.id, ["RUNNING"])).toEqual(["ACCEPT RUNNING/Retrying"]);
      expect(await taskRun(app, run.id)).toMatchObject({ run_count: 1, flow_run_run_count: 2, end_time: null });
    });
  }

  test("after it completed does not, however often its flow is tried", async () => {
    const { id, flow_id } = await makeDeployment(app);
    const flow = await makeFlowRun(app, { state: { type: "RUNNING" }, deployment_id: id, flow_id });
    const run = await makeTaskRun(app, { flow_run_id: flow.id });
    await walk(app, "task_runs", run.id, ["RUNNING", "COMPLETED"]);
    await walk(app, "flow_runs", flow.id, ["FAILED", AwaitingRetry(inSeconds(app, 0)), "RUNNING"]);
    expect(await walk(app, "task_runs", run.id, ["RUNNING"])).toEqual(["ABORT COMPLETED/Completed"]);
    expect(await taskRun(app, run.id)).toMatchObject({ run_count: 1, state_type: "COMPLETED" });
  });

  test("but has no slot keeps its count", async () => {
    await limitTo(1);
    const { id, flow_id } = await makeDeployment(app);
    const flow = await makeFlowRun(app, { state: { type: "RUNNING" }, deployment_id: id, flow_id });
    const run = await makeTaskRun(app, { flow_run_id: flow.id, tags: [tag] });
    await walk(app, "task_runs", run.id, ["RUNNING", "FAILED"]);
    await walk(app, "flow_runs", flow.id, ["FAILED", AwaitingRetry(inSeconds(app, 0)), "RUNNING"]);
    await walk(app, "task_runs", (await makeTaskRun(app, { tags: [tag] })).id, ["RUNNING"]);
    expect((await propose(app, "task_runs", run.id, { type: "RUNNING" })).status).toBe("WAIT");
    expect(await taskRun(app, run.id)).toMatchObject({ run_count: 1, state_name: "Failed" });
  });
});

test("a failed task of a flow that was retried and is paused keeps its count until it may run", async () => {
  const { id, flow_id } = await makeDeployment(app);
  const flow = await makeFlowRun(app, { state: { type: "RUNNING" }, deployment_id: id, flow_id });
  const run = await makeTaskRun(app, { flow_run_id: flow.id });
  await walk(app, "task_runs", run.id, ["RUNNING", "FAILED"]);
  await walk(app, "flow_runs", flow.id, ["FAILED", AwaitingRetry(inSeconds(app, 0)), "RUNNING", "PAUSED"]);
  expect(await walk(app, "task_runs", run.id, ["RUNNING"])).toEqual(["REJECT PAUSED/NotReady"]);
  expect((await taskRun(app, run.id)).run_count).toBe(1);
});

test("a task of a paused flow does not start, and is told where to resume", async () => {
  const flow = await makeFlowRun(app, { state: { type: "PAUSED" } });
  const run = await makeTaskRun(app, { flow_run_id: flow.id });
  expect(await propose(app, "task_runs", run.id, { type: "RUNNING" })).toMatchObject({
    http: 201,
    status: "REJECT",
    reason: `The flow is paused, new tasks can execute after resuming flow run: ${flow.id}.`,
    state: { type: "PAUSED", name: "NotReady" },
  });
});
