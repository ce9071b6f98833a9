// Deployments as a list shows them, with their last runs, in one call.
import { afterEach, beforeEach, expect, test } from "bun:test";
import { renderDeploymentFile } from "#domain/deployment-file.ts";
import { parseDeploymentFile } from "#project/deployments/deployment-file.ts";
import { readDeploymentActivity } from "#wire/deployments/deployment-activity.ts";
import type { CallInput } from "#wire/endpoint.ts";
import { createWorkPool } from "#wire/pools/work-pools.ts";
import { setFlowRunState } from "#wire/runs/flow-runs.ts";
import type { StateInput } from "#wire/runs/states.ts";
import { type TestApp, testApp } from "../../app.ts";
import { makeDeployment, makeFlow, makeFlowRun } from "../../factory.ts";
import { makeSlackBlock } from "../notifications/blocks.ts";

let app: TestApp;
beforeEach(() => {
  app = testApp();
});
afterEach(() => app.close());

const activity = (body: CallInput<typeof readDeploymentActivity>["body"] = {}) =>
  app.call(readDeploymentActivity, { body });

test("issue 13.7: last runs in order, the next, late ones, what is usual, schedules in words", async () => {
  await app.call(createWorkPool, { body: { name: "p" } });
  const flow_id = (await makeFlow(app, "report")).id;
  const made = { flow_id, name: "nightly", tags: ["etl"], work_pool_name: "p", work_queue_name: "fast" };
  const deployment = await makeDeployment(app, { ...made, schedule: { cron: "0 3 * * *", timezone: "Europe/Berlin" } });
  const create = { flow_id, deployment_id: deployment.id };
  const ids: string[] = [];
  for (const type of ["COMPLETED", "FAILED", "COMPLETED", "RUNNING"] as const) {
    const run = await makeFlowRun(app, { ...create, state: { type: "RUNNING" } });
    ids.push(run.id);
    app.clock.advance(10);
    const state: StateInput = { type };
    if (type !== "RUNNING") await app.call(setFlowRunState, { params: { id: run.id }, body: { state, force: true } });
  }
  const due = "2026-11-23T11:00:00.000000+00:00";
  const state_details = { scheduled_time: due };
  await makeFlowRun(app, { ...create, state: { type: "SCHEDULED", name: "Late", state_details } });
  await makeDeployment(app, { name: "a-quiet-one", is_schedule_active: false });
  const { count, deployments } = await activity();
  expect(count).toBe(2);
  expect(deployments).toMatchObject([
    {
      name: "a-quiet-one",
      paused: true,
      schedules: [],
      next_run: null,
      late: 0,
      usual_duration: null,
      runs: { ids: [] },
    },
    {
      ...{ name: "nightly", flow_name: "report", tags: ["etl"], work_pool_name: "p", work_queue_name: "fast" },
      ...{ paused: false, next_run: due, late: 1, usual_duration: 10 },
      schedules: [{ active: true, words: "Every day, at 03:00", schedule: { cron: "0 3 * * *" } }],
      runs: { ids, states: ["COMPLETED", "FAILED", "COMPLETED", "RUNNING"], seconds: [10, 10, 10, 10] },
    },
  ]);
  const [, nightly] = deployments;
  expect(nightly?.runs.at).toEqual(nightly?.runs.at.toSorted((a, b) => a - b) ?? []);
});

test("as many runs as are asked for, the newest of any state", async () => {
  const { id, flow_id } = await makeDeployment(app);
  const ids: string[] = [];
  for (let index = 0; index < 6; index += 1) {
    const type = index % 2 === 0 ? "COMPLETED" : "FAILED";
    ids.push((await makeFlowRun(app, { flow_id, deployment_id: id, state: { type } })).id);
  }
  expect((await activity({ runs: 3 })).deployments[0]?.runs.ids).toEqual(ids.slice(3));
  expect((await activity({ runs: 0 })).deployments[0]?.runs.ids).toEqual([]);
});

test("a page of those that a filter means, with the count of all of them", async () => {
  for (const name of ["a", "b", "c"]) await makeDeployment(app, { name, tags: name === "b" ? [] : ["x"] });
  const names = async (body: Parameters<typeof activity>[0]) => {
    const { count, deployments } = await activity(body);
    return [count, deployments.map(({ name }) => name)];
  };
  expect(await names({ deployments: { tags: { all_: ["x"] } }, limit: 1 })).toEqual([2, ["a"]]);
  expect(await names({ offset: 1, limit: 1, sort: "NAME_DESC" })).toEqual([3, ["b"]]);
  expect(await names({ deployments: { name: { like_: "C" } } })).toEqual([1, ["c"]]);
  expect((await app.send("POST", "/orch/deployments/activity", { runs: 101 })).status).toBe(422);
  expect((await app.send("POST", "/orch/deployments/activity", { limit: 201 })).status).toBe(422);
});

const SCHEMA = { title: "Parameters", type: "object", properties: { n: { type: "integer" } }, required: ["n"] };

test("a deployment's file is what build writes, with its secrets hidden", async () => {
  const flow_id = (await makeFlow(app, "it's")).id;
  const storage_document_id = await makeSlackBlock(app);
  const made = { flow_id, name: "nightly", work_queue_name: "q", tags: ["a"], path: "/srv", entrypoint: "f.ts:run" };
  const { id, updated } = await makeDeployment(app, {
    ...made,
    ...{ schedule: { interval: 3600 }, parameter_openapi_schema: SCHEMA, storage_document_id },
    parameters: { n: 1 },
    parameter_openapi_schema: SCHEMA,
    storage_document_id,
  });
  const answer = await app.app.fetch(new Request(`http://test/api/orch/deployments/${id}/yaml`));
  expect(answer.headers.get("content-type")).toBe("text/plain; charset=utf-8");
  const text = await answer.text();
  expect(text).not.toContain("127.0.0.1:9/hook");
  expect(text).toContain("********");
  const spec = parseDeploymentFile(text, "x.yaml");
  expect(spec).toMatchObject({
    name: "nightly",
    flow_name: "it's",
    path: "/srv",
    entrypoint: "f.ts:run",
    timestamp: updated,
  });
  expect(spec).toMatchObject({
    parameters: { n: 1 },
    infrastructure: { type: "process", command: ["orch", "engine"] },
  });
  expect(renderDeploymentFile(spec)).toBe(text);
  expect((await app.send("GET", `/orch/deployments/${flow_id}/yaml`)).status).toBe(404);
});
