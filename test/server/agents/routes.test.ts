// What orch's agents ask beside the old API: work of queues by the beginning of their names, and runs to be cancelled.
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { getCancellations, getMatchingRuns } from "#wire/pools/agents.ts";
import { createWorkPool } from "#wire/pools/work-pools.ts";
import { createWorkQueue } from "#wire/pools/work-queues.ts";
import { type TestApp, testApp } from "../../app.ts";
import { hold, inSeconds, settle, workFor } from "../work-queues/work.ts";

let app: TestApp;
beforeEach(async () => {
  app = testApp({ services: false });
  await app.call(createWorkPool, { body: { name: "big" } });
});
afterEach(() => app.close());

const place = (work_queue_name: string, work_pool_name?: string) =>
  workFor(app, { work_queue_name, ...(work_pool_name ? { work_pool_name } : {}) });
const PREFER = { prefer: "wait=20" };

describe("runs of queues whose name begins with a prefix", () => {
  const ask = async (body: object) =>
    (await app.call(getMatchingRuns, { body: { scheduled_before: inSeconds(app, 0), ...body } })).map(
      ({ flow_run }) => flow_run.name,
    );

  test("come from all pools, those due first in front, or from the one that is named", async () => {
    await (await place("dev-a")).due("second", -1);
    await (await place("dev-b", "big")).due("first", -2);
    await (await place("prod")).due("other", -3);
    expect(await ask({ work_queue_prefixes: ["dev-"] })).toEqual(["first", "second"]);
    expect(await ask({ work_queue_prefixes: ["dev-", "pro"], limit: 2 })).toEqual(["other", "first"]);
    expect(await ask({ work_queue_prefixes: ["dev-"], work_pool_name: "big" })).toEqual(["first"]);
    expect(await ask({ work_queue_prefixes: ["none"] })).toEqual([]);
  });

  test("carry the queue and the pool they came from", async () => {
    const run = await (await place("dev-b", "big")).due("run");
    const body = { work_queue_prefixes: ["dev-"], scheduled_before: inSeconds(app, 0) };
    const [found] = await app.call(getMatchingRuns, { body });
    const pool = await app.send("GET", "/work_pools/big");
    const queue = await app.send("GET", "/work_pools/big/queues/dev-b");
    expect(found).toMatchObject({ work_pool_id: pool.body["id"], work_queue_id: queue.body["id"] });
    expect(found?.flow_run.id).toBe(run.id);
  });

  test("keep to the limits of each pool", async () => {
    const work = await place("dev-b", "big");
    for (const name of ["one", "two"]) await work.due(name);
    await app.send("PATCH", "/work_pools/big", { concurrency_limit: 1 });
    expect(await ask({ work_queue_prefixes: ["dev-"] })).toHaveLength(1);
    await app.send("PATCH", "/work_pools/big", { is_paused: true });
    expect(await ask({ work_queue_prefixes: ["dev-"] })).toEqual([]);
  });

  test("are waited for, also of queues that are made meanwhile", async () => {
    const body = { work_queue_prefixes: ["dev-"], scheduled_before: inSeconds(app, 0) };
    const held = await hold(app, "/orch/matching_flow_runs", body, PREFER);
    expect(held.answer).toBeUndefined();
    await (await place("dev-new", "big")).due("new");
    await settle();
    expect(held.names()).toEqual(["new"]);
  });

  test("mark their queues as polled", async () => {
    await place("dev-a");
    await ask({ work_queue_prefixes: ["dev-"] });
    await settle();
    expect((await app.send("GET", "/work_queues/name/dev-a")).body["last_polled"]).not.toBeNull();
  });

  test("of a pool that is not there are refused", async () => {
    const body = { work_queue_prefixes: ["dev-"], work_pool_name: "none" };
    expect(await app.send("POST", "/orch/matching_flow_runs", body)).toMatchObject({
      status: 404,
      body: { detail: 'Work pool "none" not found.' },
    });
  });
});

describe("runs to be cancelled", () => {
  const ask = async (body: object) =>
    (await app.call(getCancellations, { body: { except_flow_run_ids: [], ...body } })).map(({ id }) => id);

  test("are those of the agent's queues", async () => {
    const mine = await (await place("dev-a")).inState("CANCELLING");
    await (await place("dev-a")).inState("RUNNING");
    const pools = await (await place("dev-b", "big")).inState("CANCELLING");
    expect(await ask({})).toEqual([mine.id]);
    expect(await ask({ work_queue_names: ["dev-a", "gone"] })).toEqual([mine.id]);
    expect(await ask({ work_queue_names: ["dev-b"] })).toEqual([]);
    expect(await ask({ work_pool_name: "big" })).toEqual([pools.id]);
    expect((await ask({ work_queue_prefixes: ["dev-"] })).toSorted()).toEqual([mine.id, pools.id].toSorted());
    expect(await ask({ except_flow_run_ids: [mine.id] })).toEqual([]);
    expect(await ask({ work_pool_name: "gone" })).toEqual([]);
  });

  test("are those a legacy queue takes by tags", async () => {
    await app.call(createWorkQueue, { body: { name: "tagged", filter: { tags: ["a"] } } });
    const run = await (await workFor(app, { work_queue_name: "other", tags: ["a"] })).inState("CANCELLING");
    expect(await ask({ work_queue_names: ["tagged"] })).toEqual([run.id]);
  });

  test("are waited for, and told in the moment somebody asks", async () => {
    const run = await (await place("dev-a")).inState("RUNNING");
    const held = await hold(app, "/orch/cancellations", { except_flow_run_ids: [] }, PREFER);
    expect(held.answer).toBeUndefined();
    await app.send("POST", `/flow_runs/${run.id}/set_state`, { state: { type: "CANCELLING" } });
    await settle();
    expect(held.answer?.body).toMatchObject([{ id: run.id, state_name: "Cancelling" }]);
    expect(held.answer?.headers.get("preference-applied")).toBe("wait=20");
  });
});
