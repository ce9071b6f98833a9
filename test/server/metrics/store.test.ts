// Counts for those who watch: right, and from an index.
import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDatabase } from "#db/connect.ts";
import { timestampNow } from "#lib/clock.ts";
import { toTimestamp } from "#lib/time/timestamps.ts";
import { countRuns, databaseFile, databaseSize, longestWaitMillis, queueDepths } from "#server/metrics/store.ts";
import { type TestApp, testApp } from "../../app.ts";
import { makeDeployment, makeFlowRun } from "../../factory.ts";
import { plansOf } from "../plans.ts";

let app: TestApp;
beforeEach(() => {
  app = testApp({ services: false });
});
afterEach(() => app.close());

const inSeconds = (seconds: number) => toTimestamp(app.clock.now() + seconds * 1000);
const scheduled = (seconds: number) =>
  ({ type: "SCHEDULED", state_details: { scheduled_time: inSeconds(seconds) } }) as const;

async function runOf(deployment: string, state: object): Promise<void> {
  const { status } = await app.send("POST", `/deployments/${deployment}/create_flow_run`, { state });
  expect(status).toBe(201);
}

test("runs are counted by the type of their state", async () => {
  await makeFlowRun(app, { state: { type: "RUNNING" } });
  await makeFlowRun(app, { state: { type: "RUNNING" } });
  await makeFlowRun(app, { state: { type: "FAILED" } });
  const counts = await app.db.read((q) =>
    (["RUNNING", "FAILED", "COMPLETED"] as const).map((state) => countRuns(q, "flow_run", state)),
  );
  expect(counts).toEqual([2, 1, 0]);
});

test("a queue's depth is what is due and not claimed, beside what is under way", async () => {
  const { id } = await makeDeployment(app, { work_queue_name: "fast" });
  await makeDeployment(app, { work_queue_name: "idle" });
  await runOf(id, scheduled(-30));
  await runOf(id, scheduled(-1));
  await runOf(id, scheduled(3600));
  await runOf(id, { type: "RUNNING" });
  const depths = await app.db.read((q) => queueDepths(q, timestampNow(app.clock)));
  expect(depths.filter(({ queue }) => queue !== "default")).toEqual([
    { pool: "default-agent-pool", queue: "fast", due: 2, active: 1 },
    { pool: "default-agent-pool", queue: "idle", due: 0, active: 0 },
  ]);
  expect(await app.db.read((q) => longestWaitMillis(q, timestampNow(app.clock)))).toBe(30_000);
});

test("without a due run nothing waits", async () => {
  await makeFlowRun(app, { state: scheduled(60) });
  expect(await app.db.read((q) => longestWaitMillis(q, timestampNow(app.clock)))).toBe(0);
});

test("each count is read from an index alone", async () => {
  const plans = await plansOf(app, (q) => {
    countRuns(q, "flow_run", "COMPLETED");
    countRuns(q, "task_run", "COMPLETED");
    longestWaitMillis(q, timestampNow(app.clock));
    queueDepths(q, timestampNow(app.clock));
  });
  expect(plans.join("\n")).not.toMatch(/SCAN (flow|task)_run(?! USING COVERING)/);
  expect(plans[0]).toMatch(/SEARCH flow_run USING COVERING INDEX flow_run_state_time/);
  expect(plans[1]).toMatch(/SEARCH task_run USING COVERING INDEX task_run_state_time/);
  expect(plans[2]).toMatch(/SEARCH flow_run USING COVERING INDEX flow_run_due/);
  expect(plans[3]).toMatch(/flow_run_queue_due.*flow_run_queue_slots/s);
});

test("the size is that of the file and of its log; one in memory has no file", async () => {
  expect(await app.db.read(databaseFile)).toBe("");
  expect((await app.db.read(databaseSize)).walBytes).toBe(0);
  const folder = mkdtempSync(join(tmpdir(), "orch-size-"));
  const path = join(folder, "orch.db");
  const db = openDatabase(path);
  const [file, size] = await db.read((q) => [databaseFile(q), databaseSize(q)] as const);
  expect(file).toEndWith("orch.db");
  expect(size.bytes).toBeGreaterThan(100_000);
  expect(size.walBytes).toBeGreaterThan(0);
  await db.close();
  rmSync(folder, { recursive: true });
});
