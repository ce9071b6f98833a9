// The month of use that figures are measured on: what the API finds in it, and that a server takes it as its own.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Database, openDatabase } from "#db/connect.ts";
import { countFlowRuns, listFlowRuns } from "#server/flow-runs/store.ts";
import { flowRunsWhere } from "#server/kernel/filters.ts";
import { listStates } from "#server/states/store.ts";
import { fillDatabase } from "./million.ts";

const folder = mkdtempSync(join(tmpdir(), "orch-month-"));
const path = join(folder, "orch.db");
let db: Database;
const now = Date.now();

beforeAll(async () => {
  await fillDatabase(path, { runs: 2_000, flows: 4, deployments: 40 });
  db = openDatabase(path);
});
afterAll(async () => {
  await db.close();
  rmSync(folder, { recursive: true, force: true });
});

const count = (flow_runs: object) =>
  db.read((q) => countFlowRuns(q, flowRunsWhere({ flow_runs } as Parameters<typeof flowRunsWhere>[0]))); // as the wire parses it

test("states, tags and deployments are spread as written", async () => {
  expect(await count({})).toBe(2_000);
  expect(await count({ state: { type: { any_: ["SCHEDULED"] } } })).toBe(60);
  expect(await count({ state: { type: { any_: ["FAILED"] } } })).toBe(99);
  expect(await count({ tags: { all_: ["team-3"] } })).toBe(100);
  expect(await db.read((q) => q.all("select 1 from flow_run group by deployment_id"))).toHaveLength(40);
  expect(await db.read((q) => q.all("select 1 from flow_run group by flow_id"))).toHaveLength(4);
});

test("a run reads as one the server made: with its state, and in the order of time by id", async () => {
  const page = { limit: 2_000, offset: 0 };
  const runs = await db.read((q) => listFlowRuns(q, flowRunsWhere({}), "ID_DESC", page, now));
  expect(runs).toHaveLength(2_000);
  const times = runs.map((run) => run.expected_start_time ?? "");
  expect(times).toEqual(times.toSorted().reverse());
  expect(Date.parse(times[0] ?? "") - Date.parse(times.at(-1) ?? "")).toBeGreaterThan(34 * 86_400_000);
  const [next] = runs;
  expect(next).toMatchObject({ state_type: "SCHEDULED", start_time: null, next_scheduled_start_time: times[0] });
  const ended = runs.find((run) => run.state_type === "COMPLETED");
  expect(ended?.state).toMatchObject({
    id: ended?.state_id ?? "",
    type: "COMPLETED",
    timestamp: ended?.end_time ?? "",
  });
  expect(await db.read((q) => listStates(q, "flow_run", ended?.id ?? ""))).toHaveLength(1);
});

test("the indexes are those of an empty database, and every reference is met", async () => {
  const empty = openDatabase(":memory:");
  const names = "select name from sqlite_master where type = 'index' order by name";
  const wanted = await empty.read((q) => q.all(names));
  expect(await db.read((q) => q.all(names))).toEqual(wanted);
  expect(await db.read((q) => q.all("pragma foreign_key_check"))).toEqual([]);
  await empty.close();
});
