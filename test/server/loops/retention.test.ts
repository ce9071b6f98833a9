// What is no longer kept goes, with all that hangs on it; everything else stays.
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { createFeeds } from "#server/events/feed.ts";
import { createRetention, type Retention } from "#server/loops/retention.ts";
import type { Settings } from "#settings/table.ts";
import { createArtifact } from "#wire/artifacts.ts";
import { createFlow } from "#wire/deployments/flows.ts";
import { type TestApp, testApp } from "../../app.ts";
import { makeFlowRun, makeTaskRun } from "../../factory.ts";

const DAY = 86_400;

let app: TestApp;
let retention: Retention;
function start(settings: Partial<Settings>): void {
  app = testApp({ services: false, settings });
  retention = createRetention(app.app.context);
}
afterEach(async () => {
  await retention.stop();
  await app.close();
});

const set = (id: string, type: string) =>
  app.send("POST", `/flow_runs/${id}/set_state`, { state: { type }, force: true });
const logLine = (flow_run_id: string) =>
  app.send("POST", "/logs/", [
    { name: "flow", level: 20, message: "hi", timestamp: new Date(app.clock.now()).toISOString(), flow_run_id },
  ]);
const names = async (path = "/flow_runs/filter") =>
  ((await app.send("POST", path, {})).body as { name: string }[]).map(({ name }) => name).toSorted();

test("listeners are told of runs that are gone", async () => {
  start({ ORCH_RETENTION_FLOW_RUNS_SECONDS: DAY });
  const { id } = await makeFlowRun(app, { state: { type: "RUNNING" } });
  await set(id, "COMPLETED");
  const { db, clock, events } = app.app.context;
  const feed = createFeeds({ db, clock }).open({ flowRunId: null, lastEventId: null });
  while ((await feed.next()) !== "");
  let isWoken = false;
  events.subscribe((event) => {
    isWoken ||= feed.concerns(event);
  });
  app.clock.advance(2 * DAY * 1000);
  await retention.runOnce();
  expect(isWoken).toBe(true);
  expect(await feed.next()).toContain(`event: flow-run\ndata: {"change":"deleted","id":"${id}"}`);
});

describe("ended runs", () => {
  beforeEach(() => start({ ORCH_RETENTION_FLOW_RUNS_SECONDS: DAY }));

  async function ended(name: string, type = "COMPLETED") {
    const run = await makeFlowRun(app, { name, state: { type: "RUNNING" } });
    await set(run.id, type);
    return run;
  }

  test("go when they ended too long ago, not before", async () => {
    await ended("old");
    app.clock.advance(3600);
    await ended("younger", "FAILED");
    app.clock.advance(DAY - 3600);
    expect([await retention.runOnce(), await names()]).toEqual([0, ["old", "younger"]]);
    app.clock.advance(1);
    expect([await retention.runOnce(), await names()]).toEqual([1, ["younger"]]);
  });

  test("with their states, tasks, logs, and artifacts without a key; reports stay", async () => {
    const run = await ended("old");
    const other = await makeFlowRun(app, { name: "other", state: { type: "RUNNING" } });
    await makeTaskRun(app, { flow_run_id: run.id, state: { type: "COMPLETED", data: { type: "unpersisted" } } });
    for (const { id } of [run, other]) await logLine(id);
    await app.call(createArtifact, { body: { key: "report", type: "markdown", flow_run_id: run.id } });
    await app.call(createArtifact, { body: { type: "result", flow_run_id: run.id } });
    app.clock.advance(DAY + 1);
    expect(await retention.runOnce()).toBe(1);
    expect(await names()).toEqual(["other"]);
    expect([await app.count("log"), await app.count("task_run"), await app.count("task_run_state")]).toEqual([1, 0, 0]);
    expect(await app.db.read((q) => q.all("select key from artifact where flow_run_id = ?", run.id))).toEqual([
      { key: "report" },
    ]);
  });

  test("whatever has not ended stays, however old", async () => {
    for (const type of ["SCHEDULED", "PENDING", "RUNNING", "PAUSED", "CANCELLING"] as const) {
      await makeFlowRun(app, { name: type.toLowerCase(), state: { type } });
    }
    app.clock.advance(400 * DAY);
    expect(await retention.runOnce()).toBe(0);
    expect(await names()).toHaveLength(5);
  });

  test("a run cancelled before it started has no end, and goes by the time it was cancelled", async () => {
    const run = await makeFlowRun(app, { name: "never", state: { type: "SCHEDULED" } });
    app.clock.advance(DAY);
    await set(run.id, "CANCELLED");
    app.clock.advance(3600);
    expect(await retention.runOnce()).toBe(0);
    app.clock.advance(DAY);
    expect(await retention.runOnce()).toBe(1);
  });

  test("a subflow stays as long as the run it belongs to, and goes with it", async () => {
    const parent = await makeFlowRun(app, { name: "parent", state: { type: "RUNNING" } });
    const task = await makeTaskRun(app, { flow_run_id: parent.id });
    const child = await makeFlowRun(app, { name: "child", parent_task_run_id: task.id, state: { type: "RUNNING" } });
    await set(child.id, "COMPLETED");
    app.clock.advance(2 * DAY);
    expect(await retention.runOnce()).toBe(0);
    await set(parent.id, "COMPLETED");
    app.clock.advance(DAY + 1);
    expect(await retention.runOnce()).toBe(2);
    expect(await names()).toEqual([]);
  });

  test("more than one batch goes in one pass", async () => {
    for (let index = 0; index < 45; index += 1) await ended(`run-${index}`);
    app.clock.advance(DAY + 1);
    expect(await retention.runOnce()).toBe(45);
  });
});

test("log lines go by their own time, their runs stay", async () => {
  start({ ORCH_RETENTION_LOGS_SECONDS: DAY });
  const run = await makeFlowRun(app, { state: { type: "COMPLETED" } });
  await logLine(run.id);
  app.clock.advance(DAY + 1);
  await logLine(run.id);
  expect(await retention.runOnce()).toBe(1);
  expect([await app.count("log"), await app.count("flow_run")]).toEqual([1, 1]);
});

test("of each key the latest artifact stays, however old", async () => {
  start({ ORCH_RETENTION_ARTIFACTS_SECONDS: DAY });
  const make = (key: string | null, description: string) =>
    app.call(createArtifact, { body: { key, type: "markdown", description } });
  for (const description of ["first", "second"]) await make("report", description);
  await make("single", "only");
  await make(null, "without a key");
  app.clock.advance(DAY + 1);
  expect(await retention.runOnce()).toBe(1);
  const left = await app.db.read((q) => q.all<{ description: string }>("select description from artifact"));
  expect(left.map(({ description }) => description).toSorted()).toEqual(["only", "second", "without a key"]);
  expect((await app.send("GET", "/artifacts/report/latest")).status).toBe(200);
});

test("nothing that users made is removed unless a setting says so", async () => {
  start({});
  const run = await makeFlowRun(app, { name: "old", state: { type: "RUNNING" } });
  await set(run.id, "COMPLETED");
  await logLine(run.id);
  app.clock.advance(1_000 * DAY);
  expect([await retention.runOnce(), await names(), await app.count("log")]).toEqual([0, ["old"], 1]);
});

test("R2: calls are known by their keys for a day, however many they are", async () => {
  start({});
  const post = (key: string) => app.send("POST", "/flow_runs/", { flow_id: flow.id }, { "idempotency-key": key });
  const flow = await app.call(createFlow, { body: { name: "f" } });
  for (let n = 0; n < 1_200; n += 1) await post(`old ${n}`);
  app.clock.advance(DAY);
  await post("young");
  await retention.runOnce();
  expect(await app.count("idempotency_key")).toBe(1_201);
  app.clock.advance(1);
  await retention.runOnce();
  expect(await app.count("idempotency_key")).toBe(1);
});
