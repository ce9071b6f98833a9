// Many runs or deployments at once: chosen by a filter, then changed one by one, each by the rules.
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { createDeploymentFlowRun, readDeployment } from "#wire/deployments/deployments.ts";
import type { BulkOutcome, DeploymentAction, FlowRunAction } from "#wire/runs/bulk.ts";
import * as wire from "#wire/runs/bulk.ts";
import { readFlowRun, setFlowRunState } from "#wire/runs/flow-runs.ts";
import type { StateInput } from "#wire/runs/states.ts";
import { type TestApp, testApp } from "../../app.ts";
import { makeDeployment, makeFlowRun, makeTaskRun } from "../../factory.ts";

let app: TestApp;
beforeEach(() => {
  app = testApp({ services: false });
});
afterEach(() => app.close());

const NOBODY = "00000000-0000-4000-8000-000000000000";
const change = (action: FlowRunAction, ids: string[], more = {}): Promise<BulkOutcome> =>
  app.call(wire.changeFlowRuns, { body: { action, ids, ...more } });
const switchAll = (action: DeploymentAction, ids: string[]) =>
  app.call(wire.changeDeployments, { body: { action, ids } });
const set = (id: string, state: StateInput) =>
  app.call(setFlowRunState, { params: { id }, body: { state, force: true } });
const run = (id: string) => app.call(readFlowRun, { params: { id } });

async function ofDeployment(state: StateInput): Promise<string> {
  const { id } = await makeDeployment(app);
  const made = await app.call(createDeploymentFlowRun, { params: { id }, body: {} });
  await set(made.id, state);
  return made.id;
}

describe("issue 13.25: flow runs", () => {
  test("are counted and chosen before anything is done, with the reasons why some are not", async () => {
    const open = [
      await makeFlowRun(app, { name: "a", state: { type: "RUNNING" } }),
      await makeFlowRun(app, { name: "b" }),
    ];
    for (const type of ["COMPLETED", "FAILED", "CANCELLED"] as const) await makeFlowRun(app, { state: { type } });
    const ids = open.map(({ id }) => id).reverse();
    expect(await app.call(wire.chooseFlowRuns, { body: { action: "cancel" } })).toEqual({
      ...{ count: 5, fits: 2, ids, names: ["b", "a"] },
      unfit: [
        { reason: "It is cancelled already.", count: 1 },
        { reason: "It has ended already.", count: 2 },
      ],
    });
    const some = await app.call(wire.chooseFlowRuns, { body: { action: "cancel", most: 1 } });
    expect([some.count, some.fits, some.ids]).toEqual([5, 2, ids.slice(0, 1)]);
    const failed = { flow_runs: { state: { type: { any_: ["FAILED" as const] } } } };
    const chosen = await app.call(wire.chooseFlowRuns, { body: { action: "delete", ...failed } });
    expect([chosen.count, chosen.fits]).toEqual([1, 1]);
  });

  test("are cancelled by the rules: at once where nothing runs, by their agent where something does", async () => {
    const planned = await ofDeployment({ type: "SCHEDULED" });
    const going = await ofDeployment({ type: "RUNNING" });
    const ended = await ofDeployment({ type: "COMPLETED" });
    const message = "By a colleague";
    expect(await change("cancel", [planned, going, ended, NOBODY], { message })).toEqual({
      ...{ done: 2, unchanged: 0, left: [] },
      refused: [
        { id: ended, name: (await run(ended)).name, reason: "It has ended already." },
        { id: NOBODY, name: null, reason: "It is not there any more." },
      ],
    });
    expect((await run(planned)).state_type).toBe("CANCELLED");
    const { state } = await run(going);
    expect([state?.type, state?.message]).toEqual(["CANCELLING", message]);
    expect(await change("cancel", [planned, going])).toMatchObject({ done: 0, unchanged: 2, refused: [] });
  });

  test("are tried again, also after they were cancelled; those that cannot be say why", async () => {
    const ids = [];
    for (const type of ["FAILED", "CRASHED", "COMPLETED", "CANCELLED"] as const) ids.push(await ofDeployment({ type }));
    const going = await ofDeployment({ type: "RUNNING" });
    const alone = (await makeFlowRun(app, { state: { type: "FAILED" } })).id;
    const { done, refused } = await change("retry", [...ids, going, alone]);
    expect([done, refused.map(({ reason }) => reason)]).toEqual([
      4,
      ["It has not ended yet.", "It has no deployment, so no agent would start it again."],
    ]);
    for (const id of ids) expect((await run(id)).state_name).toBe("AwaitingRetry");
    expect(await change("retry", ids)).toMatchObject({ done: 0, unchanged: 4 });
  });

  test("are deleted with their tasks; a run that is named twice, or is gone, does no harm", async () => {
    const { flow_run_id } = await makeTaskRun(app);
    const kept = (await makeFlowRun(app)).id;
    expect(await change("delete", [flow_run_id, flow_run_id, NOBODY])).toEqual({
      done: 1,
      unchanged: 1,
      refused: [],
      left: [],
    });
    expect([await app.count("flow_run"), await app.count("task_run")]).toEqual([1, 0]);
    expect((await run(kept)).id).toBe(kept);
  });

  test("with very many tasks are left for the next call", async () => {
    const large = [await makeFlowRun(app), await makeFlowRun(app)].map(({ id }) => id);
    const numbers = JSON.stringify(Array.from({ length: 1500 }, (_, index) => index));
    const tasks = `insert into task_run (id, created, updated, name, flow_run_id, task_key, dynamic_key)
      select ? || value, 'now', 'now', 't', ?, 'k', value from json_each(?)`;
    await app.db.write((tx) => large.map((id) => tx.run(tasks, id, id, numbers)));
    const [first = "", second = ""] = large;
    expect(await change("delete", large)).toEqual({ done: 1, unchanged: 0, refused: [], left: [second] });
    expect((await app.send("GET", `/flow_runs/${first}`)).status).toBe(404);
    expect((await change("delete", [second])).done).toBe(1);
  });
});

describe("deployments", () => {
  test("are chosen, paused, resumed and deleted", async () => {
    const on = await makeDeployment(app, { name: "on", schedule: { interval: 60 } });
    const off = await makeDeployment(app, { name: "off", is_schedule_active: false });
    const chosen = await app.call(wire.chooseDeployments, { body: { action: "pause" } });
    expect(chosen).toMatchObject({
      count: 2,
      fits: 1,
      ids: [on.id],
      unfit: [{ reason: "It is paused already.", count: 1 }],
    });
    expect(chosen.names[0]).toEndWith("/on");
    const ids = [on.id, off.id];
    expect(await switchAll("pause", ids)).toEqual({ done: 1, unchanged: 1, refused: [], left: [] });
    expect((await app.call(readDeployment, { params: { id: on.id } })).is_schedule_active).toBe(false);
    expect(await switchAll("resume", [...ids, NOBODY])).toMatchObject({
      ...{ done: 2, refused: [{ id: NOBODY, name: null, reason: "It is not there any more." }] },
    });
    expect(await switchAll("delete", [...ids, NOBODY])).toEqual({ done: 2, unchanged: 1, refused: [], left: [] });
    expect(await app.count("deployment")).toBe(0);
  });
});

test("an unknown action, too many ids and ids that are none are refused", async () => {
  const status = async (path: string, body: object) => (await app.send("POST", `/orch/${path}`, body)).status;
  expect(await status("flow_runs/bulk", { action: "explode", ids: [] })).toBe(422);
  expect(await status("flow_runs/bulk", { action: "pause", ids: [] })).toBe(422);
  expect(await status("flow_runs/bulk", { action: "delete", ids: Array(101).fill(NOBODY) })).toBe(422);
  expect(await status("flow_runs/bulk", { action: "delete", ids: ["x"] })).toBe(422);
  expect(await status("flow_runs/bulk/choose", { action: "delete", most: 50_001 })).toBe(422);
  expect(await status("deployments/bulk", { action: "cancel", ids: [] })).toBe(422);
  expect(await status("flow_runs/bulk", { action: "delete", ids: [] })).toBe(200);
});
