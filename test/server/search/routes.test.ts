// One search over everything that has a name.
import { afterEach, beforeEach, expect, test } from "bun:test";
import { createArtifact } from "#wire/artifacts.ts";
import { createWorkPool } from "#wire/pools/work-pools.ts";
import { searchNames } from "#wire/search.ts";
import { createVariable } from "#wire/variables.ts";
import { type TestApp, testApp } from "../../app.ts";
import { makeDeployment, makeFlow, makeFlowRun, makeTaskRun } from "../../factory.ts";
import { makeSlackBlock } from "../notifications/blocks.ts";

let app: TestApp;
beforeEach(() => {
  app = testApp();
});
afterEach(() => app.close());

const search = async (text: string, limit?: number) =>
  (await app.call(searchNames, { query: { text, ...(limit === undefined ? {} : { limit: String(limit) as never }) } }))
    .hits;
const found = async (text: string) => (await search(text)).map(({ kind, name }) => `${kind} ${name}`);

test("each kind is found by a part of its name, in any case", async () => {
  const flow = await makeFlow(app, "night-report");
  await makeDeployment(app, { flow_id: flow.id, name: "production" });
  await makeFlowRun(app, { flow_id: flow.id, name: "Night-owl", state: { type: "FAILED" } });
  await app.call(createWorkPool, { body: { name: "night-shift" } });
  await app.call(createVariable, { body: { name: "night_colour", value: "black" } });
  await app.call(createArtifact, { body: { key: "night-sky", type: "markdown", data: "1" } });
  expect(await found("NIGHT")).toEqual([
    ...["flow night-report", "deployment night-report/production", "flow_run Night-owl", "work_pool night-shift"],
    ...["work_queue default", "variable night_colour", "artifact night-sky"],
  ]);
  expect(await found("report prod")).toEqual(["deployment night-report/production"]);
  expect(await search("owl")).toEqual([
    { kind: "flow_run", id: expect.any(String), name: "Night-owl", detail: "night-report", state_type: "FAILED" },
  ]);
  expect(await found("100%")).toEqual([]);
});

test("a block is found by its name or its type, unless it has no name", async () => {
  await makeSlackBlock(app);
  const blocks = (await search("slack-webhook")).filter(({ kind }) => kind === "block");
  for (const { name } of blocks) expect(name).not.toStartWith("anonymous");
});

test("of runs the newest come first, and no more of a kind than are asked for", async () => {
  const flow_id = (await makeFlow(app, "f")).id;
  for (const name of ["otter-1", "otter-2", "otter-3"]) await makeFlowRun(app, { flow_id, name });
  expect((await search("otter", 2)).map(({ name }) => name)).toEqual(["otter-3", "otter-2"]);
});

test("an id finds what has it", async () => {
  const task = await makeTaskRun(app, { name: "load-0" });
  expect((await search(` ${task.id.toUpperCase()} `)).map(({ kind, name }) => [kind, name])).toEqual([
    ["task_run", "load-0"],
  ]);
  expect((await search(task.flow_run_id))[0]).toMatchObject({ kind: "flow_run", id: task.flow_run_id });
});

test("of nothing, nothing is found; a text that is too long is refused", async () => {
  expect(await search("   ")).toEqual([]);
  expect((await app.send("GET", "/orch/search")).status).toBe(422);
  expect((await app.send("GET", `/orch/search?text=${"x".repeat(201)}`)).status).toBe(422);
  expect((await app.send("GET", "/orch/search?text=x&limit=0")).status).toBe(422);
});
