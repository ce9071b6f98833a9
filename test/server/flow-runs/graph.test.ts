// The picture of a run: its tasks and what each took from which.
import { afterEach, beforeEach, expect, test } from "bun:test";
import type { DependencyResult } from "#wire/runs/flow-runs.ts";
import { type TestApp, testApp } from "../../app.ts";
import { makeFlowRun, makeTaskRun } from "../../factory.ts";

let app: TestApp;
beforeEach(() => {
  app = testApp({ services: false });
});
afterEach(() => app.close());

const graph = async (id: string) => (await app.send("GET", `/flow_runs/${id}/graph`)).body as DependencyResult[];

test("each task once, in order, with the inputs it took", async () => {
  const flow_run_id = (await makeFlowRun(app, { state: { type: "RUNNING" } })).id;
  const first = await makeTaskRun(app, { flow_run_id, name: "extract", state: { type: "COMPLETED" } });
  const taken = { input_type: "task_run" as const, id: first.id };
  const state = { type: "COMPLETED" as const, state_details: { untrackable_result: true } };
  const second = await makeTaskRun(app, {
    ...{ flow_run_id, name: "load", state },
    task_inputs: { rows: [taken], copy: [taken, { input_type: "parameter", name: "day" }] },
  });
  const nodes = await graph(flow_run_id);
  expect(nodes.map(({ id, name }) => [id, name])).toEqual([
    [first.id, "extract"],
    [second.id, "load"],
  ]);
  expect(nodes[0]).toMatchObject({ upstream_dependencies: [], untrackable_result: false });
  expect(nodes[1]).toMatchObject({
    upstream_dependencies: [taken],
    state: { type: "COMPLETED" },
    untrackable_result: true,
    total_run_time: 0,
  });
});

test("tasks of other runs are not in it, and it holds more than a page", async () => {
  const flow_run_id = (await makeFlowRun(app, { state: { type: "RUNNING" } })).id;
  await makeTaskRun(app);
  expect(await graph(flow_run_id)).toEqual([]);
  for (let index = 0; index < 201; index += 1) await makeTaskRun(app, { flow_run_id });
  expect(await graph(flow_run_id)).toHaveLength(201);
});

test("an unknown run is 404 in the words of orchestration", async () => {
  const id = "00000000-0000-4000-8000-000000000000";
  const exception_message = `Flow run with id ${id} not found`;
  expect(await app.send("GET", `/flow_runs/${id}/graph`)).toEqual({
    status: 404,
    body: { exception_message } as never,
  });
});
