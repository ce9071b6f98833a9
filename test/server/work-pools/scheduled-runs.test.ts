// Which runs a pool gives to those who ask: by priority and time, within the limits of the pool and its queues.
import { afterEach, beforeEach, expect, test } from "bun:test";
import { createWorkPool, type WorkPool } from "#wire/pools/work-pools.ts";
import { type TestApp, testApp } from "../../app.ts";
import { inSeconds, type Work, workFor } from "../work-queues/work.ts";

let app: TestApp;
let pool: WorkPool;
let first: Work;
let second: Work;
const path = "/work_pools/pool/get_scheduled_flow_runs";
const names = async (body: object = {}): Promise<string[]> => {
  const rows: { flow_run: { name: string } }[] = (await app.send("POST", path, body)).body;
  return rows.map(({ flow_run }) => flow_run.name);
};
const change = (queue: string, body: object) => app.send("PATCH", `/work_pools/pool/queues/${queue}`, body);

beforeEach(async () => {
  app = testApp({ services: false });
  pool = await app.call(createWorkPool, { body: { name: "pool" } });
  first = await workFor(app, { work_pool_name: "pool" });
  second = await workFor(app, { work_pool_name: "pool", work_queue_name: "second" });
  await second.due("s1", 1);
  await first.due("f2", 20);
  await first.due("f1", 10);
  await second.due("s2", 30);
});

afterEach(() => app.close());

test("gives pool, queue and run; the state is left out", async () => {
  const answer = await app.send("POST", path, { limit: 1 });
  expect(answer.body).toMatchObject([
    {
      work_pool_id: pool.id,
      work_queue_id: pool.default_queue_id,
      flow_run: { name: "f1", state: null, state_type: "SCHEDULED", work_queue_id: pool.default_queue_id },
    },
  ]);
  expect(JSON.stringify(answer.body)).not.toContain("work_pool_name");
});

const bodies: [what: string, body: () => object, found: string[]][] = [
  ["by priority, then by time", () => ({}), ["f1", "f2", "s1", "s2"]],
  ["until a moment", () => ({ scheduled_before: inSeconds(app, 10) }), ["f1", "s1"]],
  ["from a moment", () => ({ scheduled_after: inSeconds(app, 20) }), ["f2", "s2"]],
  ["of the named queues", () => ({ work_queue_names: ["second"] }), ["s1", "s2"]],
  ["of all queues when the list is empty", () => ({ work_queue_names: [] }), ["f1", "f2", "s1", "s2"]],
  ["at most so many", () => ({ limit: 3 }), ["f1", "f2", "s1"]],
];
for (const [what, body, found] of bodies) {
  test(what, async () => expect(await names(body())).toEqual(found));
}

const changes: [what: string, change: () => Promise<unknown>, found: string[]][] = [
  ["another priority", () => change("second", { priority: 1 }), ["s1", "s2", "f1", "f2"]],
  ["a paused queue", () => change("default", { is_paused: true }), ["s1", "s2"]],
  ["a paused pool", () => app.send("PATCH", "/work_pools/pool", { is_paused: true }), []],
  ["a limited queue", () => change("default", { concurrency_limit: 1 }), ["f1", "s1", "s2"]],
  ["a limited pool", () => app.send("PATCH", "/work_pools/pool", { concurrency_limit: 3 }), ["f1", "f2", "s1"]],
  ["a full pool", () => app.send("PATCH", "/work_pools/pool", { concurrency_limit: 0 }), []],
];
for (const [what, makeChange, found] of changes) {
  test(what, async () => {
    await makeChange();
    expect(await names()).toEqual(found);
  });
}

test("queues of the same priority are one queue", async () => {
  await app.db.write((tx) => tx.run("update work_queue set priority = 1"));
  expect(await names()).toEqual(["s1", "f1", "f2", "s2"]);
  expect(await names({ limit: 2 })).toEqual(["s1", "f1"]);
});

test("what runs anywhere in the pool takes its slots; CANCELLING takes none", async () => {
  await app.send("PATCH", "/work_pools/pool", { concurrency_limit: 3 });
  await second.inState("RUNNING");
  await second.inState("CANCELLING");
  expect(await names({ work_queue_names: ["default"] })).toEqual(["f1", "f2"]);
  await first.inState("PENDING");
  expect(await names({ work_queue_names: ["default"] })).toEqual(["f1"]);
});

const missing: [path: string, body: object, detail: string][] = [
  ["/work_pools/none/get_scheduled_flow_runs", {}, 'Work pool "none" not found.'],
  [path, { work_queue_names: ["second", "none"] }, "Work pool queue 'pool/none' not found."],
];
for (const [where, body, detail] of missing) {
  test(`404: ${detail}`, async () =>
    expect<unknown>(await app.send("POST", where, body)).toEqual({ status: 404, body: { detail } }));
}
