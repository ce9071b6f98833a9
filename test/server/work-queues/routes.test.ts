// The flat work queue routes: the queues of the pool `default-agent-pool`.
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { createWorkQueue, listWorkQueues, readWorkQueue, type WorkQueue } from "#wire/pools/work-queues.ts";
import { type TestApp, testApp } from "../../app.ts";
import { makeDeployment } from "../../factory.ts";
import { inSeconds, workFor } from "./work.ts";

const NOWHERE = "00000000-0000-0000-0000-000000000000";

let app: TestApp;
beforeEach(() => {
  app = testApp({ services: false });
});
afterEach(() => app.close());

const make = (name: string, fields: object = {}): Promise<WorkQueue> =>
  app.call(createWorkQueue, { body: { name, ...fields } });
const priorities = async () =>
  Object.fromEntries((await app.call(listWorkQueues, { body: {} })).map(({ name, priority }) => [name, priority]));

describe("the default pool", () => {
  test("is absent until the first queue", async () => {
    expect((await app.send("GET", "/work_pools/default-agent-pool")).status).toBe(404);
    expect((await app.send("GET", "/work_queues/name/default")).status).toBe(404);
  });

  test("comes with its queue `default`, which has priority 1; later ones have the next numbers", async () => {
    await make("one");
    await make("two", { priority: 1 });
    expect(await priorities()).toEqual({ default: 1, one: 2, two: 3 });
    expect((await app.send("GET", "/work_pools/default-agent-pool")).body).toMatchObject({ type: "prefect-agent" });
  });

  test("a first queue `default` is the one that comes with the pool; a second is a duplicate", async () => {
    const first = await make("default");
    expect(first.priority).toBe(1);
    expect(await app.count("work_queue")).toBe(1);
    const answer = await app.send("POST", "/work_queues/", { name: "default" });
    expect<unknown>(answer).toEqual({ status: 409, body: { detail: "A work queue with this name already exists." } });
  });
});

describe("creating", () => {
  test("answers 201 with defaults", async () => {
    const answer = await app.send("POST", "/work_queues/", { name: "test" });
    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({
      ...{ name: "test", description: "", is_paused: false, concurrency_limit: null, filter: null, last_polled: null },
    });
  });

  const refused: [what: string, body: object, status: number][] = [
    ["no name", {}, 422],
    ["a name with a slash", { name: "a/b" }, 422],
    ["a limit below 0", { name: "a", concurrency_limit: -1 }, 422],
    ["an unknown key", { name: "a", bogus: 1 }, 422],
    ["a name that is taken", { name: "taken" }, 409],
  ];
  for (const [what, body, status] of refused) {
    test(`${what} is ${status}, and nothing is stored`, async () => {
      await make("taken");
      expect((await app.send("POST", "/work_queues/", body)).status).toBe(status);
      expect(await app.count("work_queue")).toBe(2);
    });
  }
});

describe("reading", () => {
  test("by id and by name", async () => {
    const queue = await make("test", { filter: { tags: ["a"] } });
    expect<unknown>((await app.send("GET", `/work_queues/${queue.id}`)).body).toEqual(queue);
    expect<unknown>((await app.send("GET", "/work_queues/name/test")).body).toEqual(queue);
    expect(queue.filter).toEqual({ tags: ["a"], deployment_ids: null });
  });

  test("by name sees the default pool only", async () => {
    await app.send("POST", "/work_pools/", { name: "other" });
    await app.send("POST", "/work_pools/other/queues", { name: "test" });
    await make("mine");
    expect((await app.send("GET", "/work_queues/name/test")).status).toBe(404);
  });

  const missing: [method: string, path: string, body?: object][] = [
    ["GET", `/work_queues/${NOWHERE}`],
    ["GET", "/work_queues/name/none"],
    ["PATCH", `/work_queues/${NOWHERE}`, { is_paused: true }],
    ["DELETE", `/work_queues/${NOWHERE}`],
  ];
  for (const [method, path, body] of missing) {
    test(`${method} ${path} is 404`, async () => {
      const answer = await app.send(method, path, body);
      expect<unknown>(answer).toEqual({ status: 404, body: { detail: "work queue not found" } });
    });
  }

  const lists: [what: string, body: object, names: string[]][] = [
    ["all, by name", {}, ["beta", "default", "prod-a", "prod-b"]],
    ["by prefix, in any case", { work_queues: { name: { startswith_: ["PROD"] } } }, ["prod-a", "prod-b"]],
    ["by name", { work_queues: { name: { any_: ["beta", "none"] } } }, ["beta"]],
    ["a page", { limit: 1, offset: 1 }, ["default"]],
  ];
  for (const [what, body, names] of lists) {
    test(`lists ${what}`, async () => {
      for (const name of ["prod-b", "beta", "prod-a"]) await make(name);
      const answer = await app.send("POST", "/work_queues/filter", body);
      expect((answer.body as WorkQueue[]).map(({ name }) => name)).toEqual(names);
    });
  }
});

describe("changing", () => {
  const changes: [what: string, body: object][] = [
    ["pausing", { is_paused: true }],
    ["a limit", { concurrency_limit: 3 }],
    ["a limit of 0", { concurrency_limit: 0 }],
    ["a name", { name: "renamed" }],
    ["a description", { description: "what for" }],
    ["a priority, without moving others", { priority: 1 }],
    ["a filter", { filter: { tags: ["x"], deployment_ids: null } }],
  ];
  for (const [what, body] of changes) {
    test(what, async () => {
      const queue = await make("test");
      expect<unknown>(await app.send("PATCH", `/work_queues/${queue.id}`, body)).toEqual({ status: 204, body: null });
      const after = await app.call(readWorkQueue, { params: { id: queue.id } });
      expect(after).toEqual({ ...queue, ...body, updated: after.updated });
    });
  }

  test("null takes a limit away", async () => {
    const queue = await make("test", { concurrency_limit: 3 });
    await app.send("PATCH", `/work_queues/${queue.id}`, { concurrency_limit: null });
    expect((await app.call(readWorkQueue, { params: { id: queue.id } })).concurrency_limit).toBeNull();
  });

  test("a name that is taken is 409", async () => {
    await make("one");
    const two = await make("two");
    expect((await app.send("PATCH", `/work_queues/${two.id}`, { name: "one" })).status).toBe(409);
  });
});

describe("deleting", () => {
  test("leaves deployments without a queue", async () => {
    const queue = await make("test");
    await makeDeployment(app, { work_queue_name: "test" });
    expect((await app.send("DELETE", `/work_queues/${queue.id}`)).status).toBe(204);
    const row = await app.db.read((q) =>
      q.get<{ work_queue_id: string | null }>("select work_queue_id from deployment"),
    );
    expect(row).toEqual({ work_queue_id: null });
  });

  test("the default queue is 409, and stays", async () => {
    const { id } = await make("default");
    expect((await app.send("DELETE", `/work_queues/${id}`)).status).toBe(409);
    expect(await app.count("work_queue")).toBe(1);
    expect(app.logged).toEqual([]);
  });
});

test("a queue that is deleted and made again has its deployments and their scheduled runs back", async () => {
  const work = await workFor(app, { work_queue_name: "again" });
  const run = await work.due("waiting");
  const { id } = (await app.send("GET", "/work_queues/name/again")).body as { id: string }; // a queue
  await app.send("DELETE", `/work_queues/${id}`);
  // In a pool of another name it is another queue.
  await app.send("POST", "/work_pools/", { name: "big" });
  await app.send("POST", "/work_pools/big/queues", { name: "again" });
  const made = await app.call(createWorkQueue, { body: { name: "again" } });
  const due = { scheduled_before: inSeconds(app, 0) };
  expect((await app.send("POST", `/work_queues/${made.id}/get_runs`, due)).body).toMatchObject([{ id: run.id }]);
  const later = await work.due("later", -1);
  expect((await app.send("POST", `/work_queues/${made.id}/get_runs`, due)).body).toMatchObject([
    { id: later.id },
    { id: run.id },
  ]);
});

test("so has one that is made again by a deployment that names it", async () => {
  const work = await workFor(app, { work_queue_name: "again" });
  await work.due("waiting");
  const before = await app.send("GET", "/work_queues/name/again");
  await app.send("DELETE", `/work_queues/${before.body["id"]}`);
  await workFor(app, { work_queue_name: "again" });
  const after = await app.send("GET", "/work_queues/name/again");
  const due = { scheduled_before: inSeconds(app, 0) };
  const found = await app.send("POST", `/work_queues/${after.body["id"]}/get_runs`, due);
  expect(found.body).toMatchObject([{ name: "waiting" }]);
});
