import { afterAll, describe, expect, test } from "bun:test";
import {
  CACHE_KEY_MAX_LENGTH,
  countTaskRuns,
  createTaskRun,
  listTaskRuns,
  type TaskRun,
} from "#wire/runs/task-runs.ts";
import { testApp } from "../../app.ts";
import { makeFlowRun, makeTaskRun } from "../../factory.ts";
import { inSeconds, taskRun, walk } from "../proposals.ts";

const app = testApp();
afterAll(() => app.close());

const UNKNOWN = "00000000-0000-4000-8000-000000000000";
const NOW = "2026-11-23T12:00:00.000000+00:00";

describe("creating a task run", () => {
  test("gives it all fields; what is not said has its default", async () => {
    const flow = await makeFlowRun(app, { state: { type: "RUNNING" } });
    const given = { flow_run_id: flow.id, task_key: "greet", dynamic_key: "0" };
    const { status, body } = await app.send("POST", "/task_runs/", given);
    const run: TaskRun = body;
    expect(status).toBe(201);
    expect(run).toEqual({
      ...{ id: run.id, created: NOW, updated: NOW, name: run.name, ...given, state_id: run.state_id },
      ...{ cache_key: null, cache_expiration: null, task_version: null, tags: [], task_inputs: {} },
      empirical_policy: {
        ...{ max_retries: 0, retry_delay_seconds: 0, retries: null, retry_delay: null, retry_jitter_factor: null },
      },
      ...{ state_type: "PENDING", state_name: "Pending", run_count: 0, flow_run_run_count: 0 },
      ...{ expected_start_time: NOW, next_scheduled_start_time: null, start_time: null, end_time: null },
      ...{ total_run_time: 0, estimated_run_time: 0, estimated_start_time_delta: 0 },
      state: run.state,
    });
    expect(run.state).toMatchObject({
      ...{ id: run.state_id, type: "PENDING", timestamp: NOW },
      state_details: { flow_run_id: flow.id, task_run_id: run.id },
    });
    expect(run.name).toMatch(/^[a-z]+-[a-z]+$/);
    expect(await taskRun(app, run.id)).toEqual(run);
  });

  test("keeps what it is given, as it is read again", async () => {
    const other = await makeTaskRun(app);
    const given = {
      ...{ name: "mine", cache_key: "k", cache_expiration: inSeconds(app, 60), task_version: "v1", tags: ["x", "y"] },
      empirical_policy: { retries: 3, retry_delay: [1, 2], retry_jitter_factor: 0.5 },
      task_inputs: {
        name: [{ input_type: "task_run" as const, id: other.id }],
        more: [
          { input_type: "parameter" as const, name: "p" },
          { input_type: "constant" as const, type: "string" },
        ],
      },
    };
    const run = await makeTaskRun(app, given);
    expect(run).toMatchObject(given);
    expect(await taskRun(app, run.id)).toEqual(run);
  });

  test("again with the same keys gives the same run, unchanged, with 200", async () => {
    const flow = await makeFlowRun(app, { state: { type: "RUNNING" } });
    const body = { flow_run_id: flow.id, task_key: "t", dynamic_key: "0" };
    const first = await app.send("POST", "/task_runs/", body);
    const again = await app.send("POST", "/task_runs/", { ...body, name: "other", state: { type: "RUNNING" } });
    expect([first.status, again.status]).toEqual([201, 200]);
    expect(again.body).toEqual(first.body);
    const next = await app.send("POST", "/task_runs/", { ...body, dynamic_key: "1" });
    expect(next.status).toBe(201);
  });

  test("of an unknown flow run is a conflict", async () => {
    const body = { flow_run_id: UNKNOWN, task_key: "t", dynamic_key: "0" };
    expect((await app.send("POST", "/task_runs/", body)).status).toBe(409);
  });

  test("takes a cache key of its greatest length, and no longer one", async () => {
    const longest = "k".repeat(CACHE_KEY_MAX_LENGTH);
    expect((await makeTaskRun(app, { cache_key: longest })).cache_key).toBe(longest);
    const flow = await makeFlowRun(app);
    const body = { flow_run_id: flow.id, task_key: "t", dynamic_key: "0", cache_key: `${longest}k` };
    expect((await app.send("POST", "/task_runs/", body)).status).toBe(422);
  });
});

describe("changing a task run", () => {
  test("renames it, and nothing else", async () => {
    const run = await makeTaskRun(app);
    app.clock.advance(1);
    expect((await app.send("PATCH", `/task_runs/${run.id}`, { name: "renamed" })).status).toBe(204);
    const after = await taskRun(app, run.id);
    expect(after).toEqual({ ...run, name: "renamed", updated: inSeconds(app, 0), estimated_start_time_delta: 1 });
  });

  test("without a change is no failure", async () => {
    const run = await makeTaskRun(app);
    expect((await app.send("PATCH", `/task_runs/${run.id}`, {})).status).toBe(204);
    expect((await taskRun(app, run.id)).name).toBe(run.name);
  });

  test("refuses anything but the name", async () => {
    const run = await makeTaskRun(app);
    expect((await app.send("PATCH", `/task_runs/${run.id}`, { tags: [] })).status).toBe(422);
  });
});

describe("a task run that is not there", () => {
  const calls: [method: string, body: unknown, detail: string][] = [
    ["GET", undefined, "Task not found"],
    ["PATCH", { name: "x" }, "Task run not found"],
    ["PATCH", {}, "Task run not found"],
    ["DELETE", undefined, "Task not found"],
  ];
  for (const [method, body, detail] of calls) {
    test(`is said so to ${method} ${body ? JSON.stringify(body) : ""}, in its own words`, async () => {
      expect(await app.send(method, `/task_runs/${UNKNOWN}`, body)).toEqual({ status: 404, body: { detail } as never });
    });
  }
});

test("deleting a task run takes its states along and leaves its subflow", async () => {
  const run = await makeTaskRun(app);
  const child = await makeFlowRun(app, { parent_task_run_id: run.id });
  const states = await app.count("task_run_state");
  expect((await app.send("DELETE", `/task_runs/${run.id}`)).status).toBe(204);
  expect(await app.count("task_run_state")).toBe(states - 2);
  expect((await app.send("GET", `/flow_runs/${child.id}`)).status).toBe(200);
});

describe("a list of task runs", () => {
  async function some(): Promise<{ of: object; runs: TaskRun[] }> {
    const flow = await makeFlowRun(app, { state: { type: "RUNNING" } });
    const runs: TaskRun[] = [];
    for (const [name, seconds] of [
      ["b", 30],
      ["c", 10],
      ["a", 20],
    ] as const) {
      const state = { type: "SCHEDULED" as const, state_details: { scheduled_time: inSeconds(app, seconds) } };
      const body = { flow_run_id: flow.id, task_key: "t", dynamic_key: name, name, state };
      runs.push(await app.call(createTaskRun, { body }));
    }
    return { of: { flow_runs: { id: { any_: [flow.id] } } }, runs };
  }

  const sorts: [sort: string | null, names: string][] = [
    [null, "acb"],
    ["ID_DESC", "acb"],
    ["NAME_ASC", "abc"],
    ["NAME_DESC", "cba"],
    ["EXPECTED_START_TIME_ASC", "cab"],
    ["EXPECTED_START_TIME_DESC", "bac"],
    ["NEXT_SCHEDULED_START_TIME_ASC", "cab"],
  ];
  for (const [sort, names] of sorts) {
    test(`sorted by ${sort} is ${names}`, async () => {
      const { of } = await some();
      const { body } = await app.send("POST", "/task_runs/filter", { ...of, sort });
      expect((body as TaskRun[]).map(({ name }) => name).join("")).toBe(names);
    });
  }

  test("sorted by END_TIME_DESC has the last to end first", async () => {
    const { of, runs } = await some();
    for (const run of runs) {
      app.clock.advance(31);
      await walk(app, "task_runs", run.id, ["RUNNING", "COMPLETED"]);
    }
    const { body } = await app.send("POST", "/task_runs/filter", { ...of, sort: "END_TIME_DESC" });
    expect((body as TaskRun[]).map(({ name }) => name).join("")).toBe("acb");
  });

  test("gives each as a read gives it, in pages, and is counted whole", async () => {
    const { of, runs } = await some();
    expect((await app.call(listTaskRuns, { body: of })).toReversed()).toEqual(runs);
    const page = await app.call(listTaskRuns, { body: { ...of, sort: "NAME_ASC", limit: 2, offset: 1 } });
    expect(page.map(({ name }) => name)).toEqual(["b", "c"]);
    expect(await app.call(countTaskRuns, { body: of })).toBe(3);
  });

  test("needs no body", async () => {
    expect((await app.send("POST", "/task_runs/filter")).status).toBe(200);
    expect((await app.send("POST", "/task_runs/count")).status).toBe(200);
  });
});
