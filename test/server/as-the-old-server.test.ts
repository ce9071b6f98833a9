// Answers in which orch once differed from Prefect 2.10.4 without a purpose (seen side by side with it).
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { testApp } from "../app.ts";
import { makeDeployment, makeFlow, makeFlowRun, makeTaskRun } from "../factory.ts";

const app = testApp();
afterAll(() => app.close());

async function made<T = { id: string }>(path: string, body: object, status = 201): Promise<T> {
  const answer = await app.send("POST", path, body);
  expect([path, answer.status]).toEqual([path, status]);
  return answer.body;
}

const ids: Record<string, string> = {};
beforeAll(async () => {
  ids["type"] = (await made("/block_types/", { name: "T", slug: "t" })).id;
  const schema = { fields: { title: "T", type: "object", properties: { b: {} } }, block_type_id: ids["type"] };
  ids["schema"] = (await made("/block_schemas/", schema)).id;
  ids["child"] = (await block("child", { x: 1 })).body.id;
  ids["parent"] = (await block("parent", { b: { $ref: { block_document_id: ids["child"] } }, k: 1 })).body.id;
});

async function block(name: string, data: object) {
  const kind = { block_schema_id: ids["schema"], block_type_id: ids["type"] };
  const { status, body } = await app.send("POST", "/block_documents/", { name, data, ...kind });
  return { status, body: body as { id: string; detail?: string } }; // or a refusal
}

describe("A1: half of a reference to a block is refused with 400, and nothing is changed", () => {
  const MISSING = "Received block reference without a block_document_id in key b";
  const NONE = "The block_document_id in key b is not a valid uuid";
  const REFERENCES: [reference: unknown, detail: string][] = [
    ...[{}, null, "abc", "", [], 5, 0, true, false, { other: 1 }, { block_document_id: null }].map(
      (reference): [unknown, string] => [reference, MISSING],
    ),
    ...["x", "", 5, {}, [], true].map((id): [unknown, string] => [{ block_document_id: id }, NONE]),
  ];
  for (const [reference, detail] of REFERENCES) {
    test(JSON.stringify(reference), async () => {
      const data = { b: { $ref: reference } };
      const patched = await app.send("PATCH", `/block_documents/${ids["parent"]}`, { data });
      expect(patched).toEqual({ status: 400, body: { detail } as never });
      expect(await block("another", data)).toEqual({ status: 400, body: { detail } as never });
      const { body } = await app.send("GET", `/block_documents/${ids["parent"]}`);
      expect(body).toMatchObject({
        data: { b: { x: 1 }, k: 1 },
        block_document_references: { b: { block_document: { id: ids["child"] } } },
      });
    });
  }

  test("one to a block that is not there is a conflict, one in another form of its id is kept", async () => {
    const reference = (id: string) => ({ data: { b: { $ref: { block_document_id: id } } } });
    const send = (id: string) => app.send("PATCH", `/block_documents/${ids["parent"]}`, reference(id));
    expect((await send("0191e5a0-0000-7000-8000-00000000000a")).status).toBe(409);
    expect((await send((ids["child"] ?? "").replaceAll("-", "").toUpperCase())).status).toBe(204);
  });

  test("deeper in the data a $ref is data", async () => {
    const data = { list: [{ $ref: {} }], deep: { schema: { $ref: "#/definitions/A" } } };
    const { body } = await block("deep", data);
    expect<unknown>((await app.send("GET", `/block_documents/${body.id}`)).body).toMatchObject({ data });
  });
});

describe("A2: retry delays of a task run", () => {
  for (const [count, status] of [
    [0, 201],
    [1, 201],
    [50, 201],
    [51, 422],
    [100, 422],
  ] as const) {
    test(`${count} are answered ${status}`, async () => {
      const { id } = await makeFlowRun(app);
      const run = { flow_run_id: id, task_key: "t", dynamic_key: "0" };
      const answer = await app.send("POST", "/task_runs/", {
        ...run,
        empirical_policy: { retry_delay: Array(count).fill(1) },
      });
      expect(answer.status).toBe(status);
      if (status === 201) return;
      const msg = "Can not configure more than 50 retry delays per task.";
      expect<unknown>(answer.body).toMatchObject({
        exception_detail: [{ loc: ["body", "empirical_policy", "retry_delay"], msg, type: "value_error" }],
      });
    });
  }
});

describe("A3, A4: filters of queues", () => {
  test("have both of their fields, also those of older versions", async () => {
    const none = { tags: null, deployment_ids: null };
    const queue = await made<{ id: string; filter: unknown }>("/work_queues/", { name: "f1", filter: { tags: ["a"] } });
    expect(queue.filter).toEqual({ ...none, tags: ["a"] });
    await app.send("PATCH", `/work_queues/${queue.id}`, { filter: {} });
    expect<unknown>((await app.send("GET", `/work_queues/${queue.id}`)).body).toMatchObject({ filter: none });
    await app.db.write((tx) => tx.run("update work_queue set filter = ? where id = ?", '{"tags":["b"]}', queue.id));
    expect<unknown>((await app.send("GET", `/work_queues/${queue.id}`)).body).toMatchObject({
      filter: { ...none, tags: ["b"] },
    });
  });

  test("with empty lists take any deployment; queues come in the order of their creation", async () => {
    const { id } = await makeDeployment(app, { tags: ["x"] });
    const filters = { z2: { deployment_ids: [] }, z1: { tags: [] }, z0: { tags: ["x"], deployment_ids: [id] } };
    for (const [name, filter] of Object.entries(filters)) await made("/work_queues/", { name, filter });
    await made("/work_queues/", { name: "z3", filter: { tags: ["y"] } });
    const { body } = await app.send("GET", `/deployments/${id}/work_queue_check`);
    const names = (body as { name: string }[]).map(({ name }) => name);
    expect(names.filter((name) => name.startsWith("z"))).toEqual(["z2", "z1", "z0"]);
  });
});

describe("A5: a block schema that is stored as part of another", () => {
  const inner = (slug: string, more: object = {}) => ({
    ...{ title: slug, type: "object", properties: { v: {} }, block_type_slug: slug, block_schema_references: {} },
    ...more,
  });
  const referenceTo = (slug: string) => ({ block_type_slug: slug, block_schema_checksum: `sha256:${slug}` });

  test("has no definitions, or those of its own parts", async () => {
    for (const slug of ["leaf", "branch"]) ids[slug] = (await made("/block_types/", { name: slug, slug })).id;
    const branch = inner("branch", {
      properties: { leaf: { $ref: "#/definitions/Leaf" }, colour: { $ref: "#/definitions/Colour" } },
      block_schema_references: { leaf: referenceTo("leaf") },
    });
    const Colour = { title: "Colour", enum: ["red"], type: "string" };
    const fields = inner("t", {
      properties: { branch: { $ref: "#/definitions/Branch" } },
      definitions: { Leaf: inner("leaf"), Branch: branch, Colour, Other: Colour },
      block_schema_references: { branch: referenceTo("branch") },
    });
    await made("/block_schemas/", { fields, block_type_id: ids["type"] });
    const stored = async (slug: string) => {
      const block_schemas = { block_type_id: { any_: [ids[slug]] } };
      const { body } = await app.send("POST", "/block_schemas/filter", { block_schemas });
      return (body as { fields: { definitions?: object } }[]).map((schema) => schema.fields);
    };
    expect<unknown>(await stored("leaf")).toEqual([inner("leaf")]);
    expect<unknown>(await stored("branch")).toEqual([{ ...branch, definitions: { Leaf: inner("leaf"), Colour } }]);
  });
});

describe("A6: null in a change", () => {
  const NULLS: [path: string, fields: string[], status: number][] = [
    ["queue", ["priority", "description"], 409],
    ["queue", ["concurrency_limit", "filter", "last_polled"], 204],
    ["queue", ["name", "is_paused"], 422],
    ["poolQueue", ["priority", "description"], 409],
    ["pool", ["is_paused"], 409],
    ["pool", ["description", "concurrency_limit"], 204],
    ["policy", ["state_names", "tags", "is_active", "block_document_id"], 409],
    ["policy", ["message_template"], 204],
    ["deployment", ["infra_overrides"], 409],
    ["deployment", ["parameters", "is_schedule_active", "tags"], 422],
    ["deployment", ["version", "schedule", "description", "path", "entrypoint"], 204],
    ["variable", ["value", "tags"], 409],
    ["variable", ["name"], 422],
  ];
  const paths: Record<string, string> = {};
  beforeAll(async () => {
    paths["queue"] = `/work_queues/${(await made("/work_queues/", { name: "nulls" })).id}`;
    await made("/work_pools/", { name: "nulls" });
    await made("/work_pools/nulls/queues", { name: "q" });
    const policy = { state_names: [], tags: [], block_document_id: ids["child"] };
    paths["policy"] = `/flow_run_notification_policies/${(await made("/flow_run_notification_policies/", policy)).id}`;
    paths["deployment"] = `/deployments/${(await makeDeployment(app)).id}`;
    paths["variable"] = `/variables/${(await made("/variables/", { name: "nulls", value: "x" })).id}`;
    Object.assign(paths, { pool: "/work_pools/nulls", poolQueue: "/work_pools/nulls/queues/q" });
  });
  for (const [kind, fields, status] of NULLS) {
    for (const field of fields) {
      test(`${kind}: ${field} is answered ${status}`, async () => {
        const before = (await app.send("GET", paths[kind] ?? "")).body;
        expect((await app.send("PATCH", paths[kind] ?? "", { [field]: null })).status).toBe(status);
        if (status !== 204) expect((await app.send("GET", paths[kind] ?? "")).body).toEqual(before);
      });
    }
  }

  test("beside a wrong field is not what is said", async () => {
    const { status, body } = await app.send("PATCH", paths["queue"] ?? "", { priority: null, is_paused: "maybe" });
    const { exception_detail: details } = body as { exception_detail: object[] };
    expect([status, details.length]).toEqual([422, 1]);
  });

  test("a task run gets a new name", async () => {
    const { id, name } = await makeTaskRun(app);
    expect((await app.send("PATCH", `/task_runs/${id}`, { name: null })).status).toBe(204);
    const { body } = await app.send("GET", `/task_runs/${id}`);
    expect((body as { name: string }).name).toMatch(/^[a-z]+-[a-z]+$/);
    expect((body as { name: string }).name).not.toBe(name);
  });
});

test("A7: a new deployment with null for overrides or an active schedule is a 422", async () => {
  const { id: flow_id } = await makeFlow(app);
  for (const field of ["infra_overrides", "is_schedule_active", "parameters", "tags"]) {
    const { status, body } = await app.send("POST", "/deployments/", { name: "d", flow_id, [field]: null });
    const { exception_detail: details } = body as { exception_detail: object[] };
    expect([status, details]).toEqual([
      422,
      [{ loc: ["body", field], msg: "none is not an allowed value", type: "type_error.none.not_allowed" }],
    ]);
  }
});
