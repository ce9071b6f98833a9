// A page of flow runs: counts of the whole filter, dots that say what they left out, rows with all that a row shows.
import { afterEach, beforeEach, expect, test } from "bun:test";
import type { CallInput } from "#wire/endpoint.ts";
import { type FlowRunPage, readFlowRunPage } from "#wire/runs/flow-run-pages.ts";
import { setFlowRunState } from "#wire/runs/flow-runs.ts";
import type { StateInput } from "#wire/runs/states.ts";
import { type TestApp, testApp } from "../../app.ts";
import { makeDeployment, makeFlow, makeFlowRun, makeTaskRun } from "../../factory.ts";

let app: TestApp;
beforeEach(() => {
  app = testApp();
});
afterEach(() => app.close());

type Body = CallInput<typeof readFlowRunPage>["body"];
const page = (body: Body = {}): Promise<FlowRunPage> => app.call(readFlowRunPage, { body });
const set = (id: string, state: StateInput) =>
  app.call(setFlowRunState, { params: { id }, body: { state, force: true } });

test("issue 13.4: counts are of the whole filter, whatever the page and the states it asks for", async () => {
  const flow_id = (await makeFlow(app)).id;
  const types = ["COMPLETED", "COMPLETED", "COMPLETED", "FAILED", "CRASHED", "RUNNING"] as const;
  for (const type of types) await makeFlowRun(app, { flow_id, state: { type } });
  await makeFlowRun(app, { flow_id, state: { type: "SCHEDULED", name: "Late" } });
  for (const name of ["Cancelled", "Skipped"]) await makeFlowRun(app, { flow_id, state: { type: "CANCELLED", name } });
  const { counts, rows } = await page({ limit: 2 });
  expect(rows).toHaveLength(2);
  expect(counts).toEqual({
    count: 9,
    late: 1,
    skipped: 1,
    states: [
      { state_type: "SCHEDULED", count: 1 },
      { state_type: "RUNNING", count: 1 },
      { state_type: "COMPLETED", count: 3 },
      { state_type: "FAILED", count: 1 },
      { state_type: "CANCELLED", count: 2 },
      { state_type: "CRASHED", count: 1 },
    ],
  });
  const failed = await page({ flow_runs: { state: { type: { any_: ["FAILED", "CRASHED"] } } } });
  expect(failed.counts).toEqual({ ...(counts as NonNullable<typeof counts>), count: 2 });
  expect(failed.rows?.map(({ state_type }) => state_type).toSorted()).toEqual(["CRASHED", "FAILED"]);
  const late = await page({ flow_runs: { state: { name: { any_: ["Late"] } } } });
  expect([late.counts?.count, late.rows?.length]).toEqual([1, 1]);
  const either = await page({
    flow_runs: { operator: "or_", state: { type: { any_: ["FAILED"] } }, name: { any_: ["nobody"] } },
  });
  expect([either.counts?.count, either.counts?.states]).toEqual([1, [{ state_type: "FAILED", count: 1 }]]);
});

test("a row has the names of what it belongs to, the line of its error, its lateness and what is usual", async () => {
  const flow = await makeFlow(app, "report");
  const deployment = await makeDeployment(app, { flow_id: flow.id, name: "nightly", work_queue_name: "night" });
  const create = { flow_id: flow.id, deployment_id: deployment.id };
  const lasting = async (seconds: number) => {
    const run = await makeFlowRun(app, { ...create, state: { type: "RUNNING" } });
    app.clock.advance(seconds);
    await set(run.id, { type: "COMPLETED" });
  };
  for (const seconds of [10, 30, 20]) await lasting(seconds);
  const { id } = await makeFlowRun(app, { ...create, name: "mad-heron", tags: ["etl"] });
  app.clock.advance(7);
  await set(id, { type: "RUNNING" });
  await makeTaskRun(app, { flow_run_id: id });
  app.clock.advance(5);
  const message = "Flow run encountered an exception. Error: no such table: orders\n    at report (report.ts:4:1)";
  await set(id, { type: "FAILED", message });
  const { rows } = await page({ flow_runs: { id: { any_: [id] } } });
  expect(rows).toMatchObject([
    {
      ...{ id, name: "mad-heron", flow_name: "report", deployment_name: "nightly", task_run_count: 1, tags: ["etl"] },
      ...{ state_type: "FAILED", state_name: "Failed", message_line: "Error: no such table: orders" },
      ...{ duration: 5, lateness: 7, usual_duration: 20, run_count: 1, parent_flow_run_id: null },
    },
  ]);
});

test("a subflow's row names the run around it, and a run without deployment has no usual duration", async () => {
  const task = await makeTaskRun(app);
  await makeFlowRun(app, { parent_task_run_id: task.id, name: "inner" });
  const { rows } = await page({ flow_runs: { name: { any_: ["inner"] } } });
  expect(rows).toMatchObject([
    { parent_flow_run_id: task.flow_run_id, deployment_id: null, deployment_name: null, usual_duration: null },
  ]);
});

test("above the limit the same dots are left out each time, failures last, and it says how many", async () => {
  const flow_id = (await makeFlow(app)).id;
  for (let index = 0; index < 200; index += 1) {
    await makeFlowRun(app, { flow_id, state: { type: index % 20 === 0 ? "FAILED" : "COMPLETED" } });
  }
  const all = await page({ parts: ["dots"] });
  expect(all).toMatchObject({ counts: null, rows: null, dots: { left_out: 0, failures_left_out: 0 } });
  expect(all.dots?.ids).toHaveLength(200);
  const some = await page({ parts: ["dots"], dots_limit: 50 });
  const shown = some.dots?.ids.length ?? 0;
  expect(some.dots?.left_out).toBe(200 - shown);
  expect(shown).toBeLessThan(100);
  expect(some.dots?.states.filter((type) => type === "FAILED")).toHaveLength(10);
  expect(some.dots?.failures_left_out).toBe(0);
  expect((await page({ parts: ["dots"], dots_limit: 50 })).dots).toEqual(some.dots);
  const fewer = await page({ parts: ["dots"], dots_limit: 4 });
  expect(fewer.dots?.failures_left_out).toBeGreaterThan(0);
  for (const id of fewer.dots?.ids ?? []) expect(all.dots?.ids).toContain(id);
});

test("an unknown part, a page that is too long and too many dots are refused", async () => {
  const refused = async (body: object) => (await app.send("POST", "/orch/flow_runs/page", body)).status;
  expect(await refused({ parts: ["everything"] })).toBe(422);
  expect(await refused({ limit: 201 })).toBe(422);
  expect(await refused({ dots_limit: 10_001 })).toBe(422);
  expect(await refused({ flow_run: {} })).toBe(422);
});

test("with nothing there, everything is empty", async () => {
  expect(await page()).toEqual({
    counts: { count: 0, late: 0, skipped: 0, states: [] },
    dots: { ids: [], states: [], at: [], seconds: [], left_out: 0, failures_left_out: 0 },
    rows: [],
  });
});
