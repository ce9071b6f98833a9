// The timeline of a run: task runs in columns, with the places of those whose results they took.
import { afterEach, beforeEach, expect, test } from "bun:test";
import { setTaskRunState } from "#wire/runs/task-runs.ts";
import { readTimeline, type Timeline } from "#wire/runs/timelines.ts";
import { type TestApp, testApp } from "../../app.ts";
import { makeFlowRun, makeTaskRun } from "../../factory.ts";

let app: TestApp;
beforeEach(() => {
  app = testApp();
});
afterEach(() => app.close());

const NOBODY = "00000000-0000-4000-8000-000000000000";
const timeline = (id: string, query = {}): Promise<Timeline> => app.call(readTimeline, { params: { id }, query });
const set = (id: string, type: "RUNNING" | "COMPLETED" | "FAILED") =>
  app.call(setTaskRunState, { params: { id }, body: { state: { type }, force: true } });

test("task runs are in the order of their making, with inputs as places and the subflow they stand for", async () => {
  const run = await makeFlowRun(app, { state: { type: "RUNNING" } });
  const made = { flow_run_id: run.id };
  const first = await makeTaskRun(app, { ...made, name: "fetch-0" });
  const second = await makeTaskRun(app, { ...made, name: "fetch-1" });
  const id = (one: { id: string }) => ({ input_type: "task_run" as const, id: one.id });
  const third = await makeTaskRun(app, {
    ...made,
    name: "parse-0",
    task_inputs: {
      a: [id(second), id(first)],
      b: [id(first)],
      c: [{ input_type: "task_run", id: NOBODY }],
      d: [{ input_type: "constant", type: "int" }],
    },
  });
  const child = await makeFlowRun(app, { parent_task_run_id: second.id });
  await set(first.id, "RUNNING");
  app.clock.advance(2);
  await set(first.id, "COMPLETED");
  const { count, left_out, states, task_runs } = await timeline(run.id);
  expect([count, left_out]).toEqual([3, 0]);
  expect(states.toSorted((a, b) => a.count - b.count)).toEqual([
    { state_type: "COMPLETED", count: 1 },
    { state_type: "PENDING", count: 2 },
  ]);
  expect(task_runs).toMatchObject({
    places: [0, 1, 2],
    ids: [first.id, second.id, third.id],
    names: ["fetch-0", "fetch-1", "parse-0"],
    state_types: ["COMPLETED", "PENDING", "PENDING"],
    inputs: [[], [], [1, 0]],
    subflows: [null, child.id, null],
    run_counts: [1, 0, 0],
  });
  const [start = 0] = task_runs.starts;
  expect(task_runs.ends[0]).toBe((start ?? 0) + 2000);
});

test("issue 13.2: beyond the limit only failures are answered, and the rest is counted", async () => {
  const run = await makeFlowRun(app, { state: { type: "RUNNING" } });
  const ids: string[] = [];
  for (let index = 0; index < 6; index += 1) ids.push((await makeTaskRun(app, { flow_run_id: run.id })).id);
  await set(ids[4] ?? "", "FAILED");
  const { count, left_out, task_runs } = await timeline(run.id, { limit: "2" });
  expect([count, left_out, task_runs.places]).toEqual([6, 3, [0, 1, 4]]);
});

test("with `since` only what has changed comes, at its place", async () => {
  const run = await makeFlowRun(app, { state: { type: "RUNNING" } });
  await makeTaskRun(app, { flow_run_id: run.id });
  const second = await makeTaskRun(app, { flow_run_id: run.id });
  app.clock.advance(1);
  const { until } = await timeline(run.id);
  expect((await timeline(run.id, { since: until })).task_runs.places).toEqual([]);
  app.clock.advance(1);
  await set(second.id, "RUNNING");
  const third = await makeTaskRun(app, {
    flow_run_id: run.id,
    task_inputs: { x: [{ input_type: "task_run", id: second.id }] },
  });
  const { count, task_runs } = await timeline(run.id, { since: until });
  expect([count, task_runs.places, task_runs.ids, task_runs.inputs]).toEqual([
    3,
    [1, 2],
    [second.id, third.id],
    [[], [1]],
  ]);
});

test("an unknown run is 404, a limit out of bounds and a time that is none are 422", async () => {
  const run = await makeFlowRun(app);
  const status = async (path: string) => (await app.send("GET", `/orch/flow_runs/${path}`)).status;
  expect(await status(`${NOBODY}/timeline`)).toBe(404);
  expect(await status("x/timeline")).toBe(422);
  expect(await status(`${run.id}/timeline?limit=0`)).toBe(422);
  expect(await status(`${run.id}/timeline?limit=20001`)).toBe(422);
  expect(await status(`${run.id}/timeline?since=yesterday`)).toBe(422);
});
