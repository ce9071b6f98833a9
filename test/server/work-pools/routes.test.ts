// Work pools and their queues over the API.
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import {
  createPoolQueue,
  createWorkPool,
  listPoolQueues,
  readWorkPool,
  type WorkPool,
} from "#wire/pools/work-pools.ts";
import type { WorkQueue } from "#wire/pools/work-queues.ts";
import { type TestApp, testApp } from "../../app.ts";
import { makeDeployment } from "../../factory.ts";

let app: TestApp;
beforeEach(() => {
  app = testApp({ services: false });
});
afterEach(() => app.close());

const makePool = (name = "pool", fields: object = {}): Promise<WorkPool> =>
  app.call(createWorkPool, { body: { name, ...fields } });
const makeQueue = (name: string, fields: object = {}): Promise<WorkQueue> =>
  app.call(createPoolQueue, { params: { work_pool_name: "pool" }, body: { name, ...fields } });
/** `["default", "a"]`: in order of priority, numbered from 1 without gaps. */
async function ranked(): Promise<string[]> {
  const queues = await app.call(listPoolQueues, { params: { work_pool_name: "pool" }, body: {} });
  expect(queues.map(({ priority }) => priority)).toEqual(queues.map((_, index) => index + 1));
  return queues.map(({ name }) => name);
}

describe("pools", () => {
  test("answer 201 and come with a default queue", async () => {
    const answer = await app.send("POST", "/work_pools/", { name: "pool" });
    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({
      ...{ name: "pool", type: "prefect-agent", is_paused: false, concurrency_limit: null, base_job_template: {} },
    });
    const [queue] = await app.call(listPoolQueues, { params: { work_pool_name: "pool" }, body: {} });
    const { default_queue_id } = await app.call(readWorkPool, { params: { name: "pool" } });
    expect(queue).toMatchObject({
      ...{ id: default_queue_id, name: "default", description: "The work pool's default queue.", priority: 1 },
    });
  });

  const template = (job_configuration: object, properties: object) => ({
    base_job_template: { job_configuration, variables: { type: "object", properties } },
  });
  const creations: [what: string, fields: object, status: number][] = [
    ["a name of the vendor's", { name: "Prefect-x" }, 403],
    ["a name that is taken", { name: "pool" }, 409],
    ["a name with a slash", { name: "a/b" }, 422],
    ["a limit below 0", { name: "a", concurrency_limit: -1 }, 422],
    ["half a template", { name: "a", base_job_template: { job_configuration: { a: 1 } } }, 422],
    ["a template with an undeclared variable", { name: "a", ...template({ x: "{{ image }}" }, {}) }, 422],
    [
      "a template without properties",
      { name: "a", base_job_template: { job_configuration: { x: "{{ i }}" }, variables: { a: 1 } } },
      422,
    ],
    [
      "a template that is whole",
      { name: "a", ...template({ x: ["{{ image }}-{{tag}}"] }, { image: {}, tag: {} }) },
      201,
    ],
    [
      "one whose last entry alone is declared",
      { name: "a", ...template({ x: "{{ y }}", z: "{{ i }}" }, { i: {} }) },
      201,
    ],
  ];
  for (const [what, fields, status] of creations) {
    test(`${what} is ${status}`, async () => {
      await makePool();
      expect((await app.send("POST", "/work_pools/", fields)).status).toBe(status);
      expect(await app.count("work_pool")).toBe(status === 201 ? 2 : 1);
    });
  }

  test("the words for a bad template are in the usual place", async () => {
    const answer = await app.send("POST", "/work_pools/", { name: "a", ...template({ x: "{{ image }}" }, {}) });
    expect(answer.body).toMatchObject({
      exception_detail: [
        { loc: ["body", "base_job_template"], type: "value_error", msg: expect.stringContaining("image") },
      ],
    });
  });

  const updates: [what: string, name: string, body: object, status: number][] = [
    ["pausing", "pool", { is_paused: true }, 204],
    ["a limit", "pool", { concurrency_limit: 2 }, 204],
    ["a description", "pool", { description: "what for" }, 204],
    ["an unknown pool", "none", { is_paused: true }, 404],
    ["a name", "pool", { name: "x" }, 422],
    ["the description of a vendor's pool", "prefect-managed", { description: "mine" }, 403],
    ["a pause of a vendor's pool that is not there", "prefect-managed", { is_paused: true }, 404],
  ];
  for (const [what, name, body, status] of updates) {
    test(`changing ${what} is ${status}`, async () => {
      const before = await makePool();
      expect((await app.send("PATCH", `/work_pools/${name}`, body)).status).toBe(status);
      const after = await app.call(readWorkPool, { params: { name: "pool" } });
      expect(after).toEqual({ ...before, ...(status === 204 ? body : {}), updated: after.updated });
    });
  }

  test("deleting takes the queues along and leaves the deployments", async () => {
    await makePool();
    await makeDeployment(app, { work_pool_name: "pool" });
    expect((await app.send("DELETE", "/work_pools/pool")).status).toBe(204);
    expect([await app.count("work_pool"), await app.count("work_queue"), await app.count("deployment")]).toEqual([
      0, 0, 1,
    ]);
  });

  for (const [name, status] of [
    ["none", 404],
    ["prefect-managed", 403],
  ] as const) {
    test(`deleting '${name}' is ${status}`, async () =>
      expect((await app.send("DELETE", `/work_pools/${name}`)).status).toBe(status));
  }

  const lists: [body: object, names: string[]][] = [
    [{}, ["a", "b", "c"]],
    [{ work_pools: { type: { any_: ["process"] } } }, ["b"]],
    [{ work_pools: { operator: "or_", type: { any_: ["process"] }, name: { any_: ["c"] } } }, ["b", "c"]],
    [{ limit: 1, offset: 2 }, ["c"]],
  ];
  for (const [body, names] of lists) {
    test(`listed by ${JSON.stringify(body)}`, async () => {
      await makePool("c");
      await makePool("a");
      await makePool("b", { type: "process" });
      const answer = await app.send("POST", "/work_pools/filter", body);
      expect((answer.body as WorkPool[]).map(({ name }) => name)).toEqual(names);
    });
  }
});

describe("queues of a pool", () => {
  beforeEach(async () => {
    await makePool();
    await makeQueue("a");
    await makeQueue("b");
  });

  test("come last unless they say where", async () => {
    await makeQueue("first", { priority: 1 });
    await makeQueue("third", { priority: 3 });
    await makeQueue("far", { priority: 99 });
    expect(await ranked()).toEqual(["first", "default", "third", "a", "b", "far"]);
  });

  const moves: [name: string, priority: number, order: string[]][] = [
    ["b", 1, ["b", "default", "a"]],
    ["default", 3, ["a", "b", "default"]],
    ["a", 2, ["default", "a", "b"]],
    ["default", 50, ["a", "b", "default"]],
  ];
  for (const [name, priority, order] of moves) {
    test(`moving '${name}' to ${priority}`, async () => {
      expect((await app.send("PATCH", `/work_pools/pool/queues/${name}`, { priority })).status).toBe(204);
      expect(await ranked()).toEqual(order);
    });
  }

  test("deleting closes the gap", async () => {
    expect((await app.send("DELETE", "/work_pools/pool/queues/a")).status).toBe(204);
    expect(await ranked()).toEqual(["default", "b"]);
  });

  test("the default queue stays", async () => {
    expect((await app.send("DELETE", "/work_pools/pool/queues/default")).status).toBe(409);
    expect(await ranked()).toEqual(["default", "a", "b"]);
  });

  test("a duplicate is 409; the same name in another pool is not", async () => {
    await makePool("other");
    expect((await app.send("POST", "/work_pools/pool/queues", { name: "a" })).status).toBe(409);
    expect((await app.send("POST", "/work_pools/other/queues", { name: "a" })).status).toBe(201);
  });

  test("are read and filtered by name", async () => {
    expect((await app.send("GET", "/work_pools/pool/queues/a")).body).toMatchObject({ name: "a", priority: 2 });
    const body = { work_queues: { name: { any_: ["b", "a"] } } };
    const found: WorkQueue[] = (await app.send("POST", "/work_pools/pool/queues/filter", body)).body;
    expect(found.map(({ name }) => name)).toEqual(["a", "b"]);
  });

  const missing: [method: string, path: string, detail: string, body?: object][] = [
    ["GET", "/work_pools/pool/queues/none", "Work pool queue 'pool/none' not found."],
    ["PATCH", "/work_pools/pool/queues/none", "Work pool queue 'pool/none' not found.", { priority: 1 }],
    ["DELETE", "/work_pools/pool/queues/none", "Work pool queue 'pool/none' not found."],
    ["GET", "/work_pools/none/queues/a", 'Work pool "none" not found.'],
    ["POST", "/work_pools/none/queues", 'Work pool "none" not found.', { name: "a" }],
    ["POST", "/work_pools/none/queues/filter", 'Work pool "none" not found.'],
    ["GET", "/work_pools/none", 'Work pool "none" not found.'],
  ];
  for (const [method, path, detail, body] of missing) {
    test(`${method} ${path} is 404`, async () => {
      expect<unknown>(await app.send(method, path, body)).toEqual({ status: 404, body: { detail } });
    });
  }
});

describe("the queue of a deployment", () => {
  const names = async () => {
    const rows = await app.db.read((q) =>
      q.all<{ pool: string; queue: string; priority: number }>(
        `select work_pool.name as pool, work_queue.name as queue, work_queue.priority from deployment
         join work_queue on work_queue.id = deployment.work_queue_id
         join work_pool on work_pool.id = work_queue.work_pool_id`,
      ),
    );
    return rows.map(({ pool, queue, priority }) => `${pool}/${queue}#${priority}`);
  };
  const table: [what: string, fields: object, found: string[]][] = [
    ["pool and queue, made if missing", { work_pool_name: "pool", work_queue_name: "new" }, ["pool/new#2"]],
    ["a pool alone is its default queue", { work_pool_name: "pool" }, ["pool/default#1"]],
    ["a queue alone is in the default pool", { work_queue_name: "test" }, ["default-agent-pool/test#2"]],
    ["the queue `default` alone", { work_queue_name: "default" }, ["default-agent-pool/default#1"]],
    [
      "the default pool by its name is made too",
      { work_pool_name: "default-agent-pool", work_queue_name: "test" },
      ["default-agent-pool/test#2"],
    ],
    ["neither", {}, []],
  ];
  for (const [what, fields, found] of table) {
    test(what, async () => {
      await makePool();
      await makeDeployment(app, fields);
      expect(await names()).toEqual(found);
    });
  }

  test("named alone and new, it comes first in a default pool that was there", async () => {
    await app.send("POST", "/work_queues/", { name: "old" });
    await makeDeployment(app, { work_queue_name: "test" });
    expect(await names()).toEqual(["default-agent-pool/test#1"]);
  });

  test("named twice, it is made once", async () => {
    await makeDeployment(app, { work_queue_name: "test" });
    await makeDeployment(app, { work_queue_name: "test" });
    expect(await app.count("work_queue")).toBe(2);
  });

  test("in an unknown pool is 404, and nothing is stored", async () => {
    const flow = await app.send("POST", "/flows/", { name: "f" });
    const flow_id = (flow.body as { id: string }).id;
    const answer = await app.send("POST", "/deployments/", { name: "d", flow_id, work_pool_name: "none" });
    expect<unknown>(answer).toEqual({ status: 404, body: { detail: 'Work pool "none" not found.' } });
    expect([await app.count("deployment"), await app.count("work_pool")]).toEqual([0, 0]);
  });
});
