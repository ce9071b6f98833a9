// Long reads of the executable's server: done in a thread that only a large database starts, beside short requests.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fillDatabase } from "../bench/million.ts";
import { createSandbox, type Running } from "./sandbox.ts";

const sandbox = createSandbox();
let server: Running;
let api = "";

const HISTORY = {
  history_start: new Date(Date.now() - 40 * 86_400_000).toISOString(),
  history_end: new Date(Date.now() + 86_400_000).toISOString(),
  history_interval_seconds: 86_400,
};

async function start(): Promise<void> {
  server = sandbox.start(["server", "start", "--port", "0"]);
  api = `${(await server.until(/(http:\/\/127\.0\.0\.1:\d+)/))[1]}/api`;
}

async function post(path: string, body: unknown): Promise<unknown> {
  const answer = await fetch(api + path, { method: "POST", body: JSON.stringify(body) });
  expect(answer.status).toBe(200);
  return answer.json();
}

/** Threads that execute JavaScript beside the main one. `JITWorker` threads compile it, and come and go. */
const workers = () =>
  readdirSync(`/proc/${server.pid}/task`).filter((id) =>
    /^worker/i.test(readFileSync(`/proc/${server.pid}/task/${id}/comm`, "utf8")),
  ).length;

beforeAll(async () => {
  mkdirSync(join(sandbox.home, ".orch"), { mode: 0o700 });
  await fillDatabase(join(sandbox.home, ".orch/orch.db"), { runs: 60_000, flows: 5, deployments: 50 });
  await start();
}, 60_000);
afterAll(() => sandbox.close());

test("short reads start no thread, a long one does, and it answers what the main one would", async () => {
  const before = workers();
  await post("/flow_runs/filter", { limit: 200 });
  expect(workers()).toBe(before);
  expect(await post("/flow_runs/count", {})).toBe(60_000);
  expect(workers()).toBeGreaterThan(before);
  const bars = (await post("/flow_runs/history", HISTORY)) as { states: { count_runs: number }[] }[]; // of the endpoint
  const counted = bars.flatMap(({ states }) => states).reduce((sum, { count_runs }) => sum + count_runs, 0);
  expect(counted).toBeGreaterThan(58_000);
});

test("a short read and a write are answered while long reads are under way", async () => {
  const nothing = { flow_runs: { name: { like_: "no run has this name" } } };
  let over = false;
  const long = Promise.all(Array.from({ length: 20 }, () => post("/flow_runs/filter", nothing))).then((all) => {
    over = true;
    return all;
  });
  const flow = await fetch(`${api}/flows/`, { method: "POST", body: JSON.stringify({ name: "beside" }) });
  expect([flow.status, over]).toEqual([201, false]);
  expect(await post("/flow_runs/filter", { limit: 0 })).toEqual([]);
  expect(over).toBe(false);
  expect(await long).toEqual(Array(20).fill([]));
});

test("a stop in the middle of a long read is a clean one, and the next server opens the same database", async () => {
  const asked = fetch(`${api}/flow_runs/history`, { method: "POST", body: JSON.stringify(HISTORY) });
  asked.catch(() => {}); // it may be cut off
  await post("/flow_runs/filter", { limit: 1 });
  expect(await server.stop()).toBe(0);
  expect(server.output()).not.toMatch(/error|panic|terminated/i);
  await start();
  expect(await post("/flow_runs/count", {})).toBe(60_000);
});
