// The workers of a pool, as the old worker and the web UI ask for them.
import { afterEach, beforeEach, expect, test } from "bun:test";
import { createWorkPool, type WorkPool } from "#wire/pools/work-pools.ts";
import { heartbeatWorker, listWorkers } from "#wire/pools/workers.ts";
import { type TestApp, testApp } from "../../app.ts";

let app: TestApp;
let pool: WorkPool;
beforeEach(async () => {
  app = testApp({ services: false });
  pool = await app.call(createWorkPool, { body: { name: "big", type: "process" } });
});
afterEach(() => app.close());

const params = { work_pool_name: "big" };
const beat = (name: string) => app.call(heartbeatWorker, { params, body: { name } });
const names = async (body: object = {}) => (await app.call(listWorkers, { params, body })).map(({ name }) => name);

test("a heartbeat makes a worker, another one renews it", async () => {
  await beat("one");
  const [first] = await app.call(listWorkers, { params, body: {} });
  expect(first).toMatchObject({ name: "one", work_pool_id: pool.id });
  app.clock.advance(30);
  await beat("one");
  const [again, ...more] = await app.call(listWorkers, { params, body: {} });
  expect(more).toEqual([]);
  expect(again).toMatchObject({ id: first?.id ?? "", created: first?.created ?? "" });
  expect(Date.parse(again?.last_heartbeat_time ?? "")).toBe(app.clock.now());
});

test("they come with the one heard of last in front, by pages and by times", async () => {
  for (const name of ["one", "two", "three"]) {
    await beat(name);
    app.clock.advance(10);
  }
  expect(await names()).toEqual(["three", "two", "one"]);
  expect(await names({ limit: 1, offset: 1 })).toEqual(["two"]);
  const time = new Date(app.clock.now() - 20_000).toISOString();
  expect(await names({ workers: { last_heartbeat_time: { after_: time } } })).toEqual(["three", "two"]);
  expect(await names({ workers: { last_heartbeat_time: { before_: time } } })).toEqual(["two", "one"]);
});

test("of a pool that is not there there are none", async () => {
  for (const path of ["heartbeat", "filter"]) {
    const answer = await app.send("POST", `/work_pools/none/workers/${path}`, { name: "x" });
    expect(answer).toMatchObject({ status: 404, body: { detail: 'Work pool "none" not found.' } });
  }
});

test("they go with their pool", async () => {
  await beat("one");
  await app.send("DELETE", "/work_pools/big");
  expect(await app.count("worker")).toBe(0);
});
