// Block documents over the API: names, secrets, references, and what lies in the database.
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import type { JsonObject } from "#lib/json.ts";
import type { BlockDocument } from "#wire/blocks.ts";
import {
  createBlockDocument,
  listBlockDocuments,
  listBlockSchemas,
  readBlockDocument,
  readBlockTypeBySlug,
  updateBlockDocument,
} from "#wire/blocks.ts";
import { type TestApp, testApp } from "../../app.ts";
import { makeDeployment } from "../../factory.ts";

const HIDDEN = "********";
const NOWHERE = "00000000-0000-0000-0000-000000000000";

let app: TestApp;
beforeEach(() => {
  app = testApp();
});
afterEach(() => app.close());

async function kind(slug: string): Promise<{ block_type_id: string; block_schema_id: string }> {
  const { id } = await app.call(readBlockTypeBySlug, { params: { slug } });
  const [schema] = await app.call(listBlockSchemas, { body: { block_schemas: { block_type_id: { any_: [id] } } } });
  return { block_type_id: id, block_schema_id: schema?.id ?? "" };
}

async function make(slug: string, name: string | null, data: JsonObject, is_anonymous = false): Promise<BlockDocument> {
  return app.call(createBlockDocument, { body: { ...(await kind(slug)), name, data, is_anonymous } });
}

const read = (id: string, include_secrets = true) =>
  app.call(readBlockDocument, { params: { id }, query: { include_secrets } });
const ref = (document: { id: string }): JsonObject => ({ $ref: { block_document_id: document.id } });

describe("creating", () => {
  test("answers 201 with type and schema, secrets hidden", async () => {
    const body = { ...(await kind("secret")), name: "mine", data: { value: "s3cret" } };
    const answer = await app.send("POST", "/block_documents/", body);
    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({
      name: "mine",
      data: { value: HIDDEN },
      is_anonymous: false,
      block_document_references: {},
      block_type: { slug: "secret" },
      block_schema: { fields: { title: "Secret" } },
    });
    expect(await app.count("block_document")).toBe(1);
  });

  test("stores nothing readable", async () => {
    await make("secret", "mine", { value: "s3cret" });
    const row = await app.db.read((q) => q.get<{ data: string }>("select data from block_document"));
    expect(Buffer.from(row?.data ?? "", "base64").toString("latin1")).not.toContain("s3cret");
  });

  test("an anonymous one without a name gets one of its own", async () => {
    const [one, two] = [await make("process", null, {}, true), await make("process", null, {}, true)];
    expect(one.name).toMatch(/^anonymous-[0-9a-f-]{36}$/);
    expect(one.name).not.toBe(two.name);
  });

  test("the data of a deployment's process comes back unchanged", async () => {
    const data = { type: "process", env: { A: null }, labels: {}, command: ["orch", "engine"], stream_output: true };
    const { id } = await make("process", null, data, true);
    expect((await read(id)).data).toEqual(data);
  });

  const refused: [what: string, fields: object, status: number, words: string][] = [
    ["a missing name", { name: null }, 422, "Names must be provided for block documents."],
    ["a name that is no slug", { name: "My Block" }, 422, "must only contain"],
    ["a name that is taken", { name: "taken" }, 409, "Block already exists"],
    ["an unknown type", { name: "a", block_type_id: NOWHERE }, 409, "Data integrity conflict"],
    ["an unknown schema", { name: "a", block_schema_id: NOWHERE }, 409, "Data integrity conflict"],
    ["an unknown block in it", { name: "a", data: { x: ref({ id: NOWHERE }) } }, 409, "Data integrity conflict"],
    ["an unknown key", { name: "a", bogus: 1 }, 422, "extra fields not permitted"],
  ];
  for (const [what, fields, status, words] of refused) {
    test(`${what} is ${status}, and nothing is stored`, async () => {
      await make("json", "taken", { value: 1 });
      const body = { ...(await kind("json")), data: { value: 1 }, ...fields };
      const answer = await app.send("POST", "/block_documents/", body);
      expect(answer.status).toBe(status);
      expect(JSON.stringify(answer.body)).toContain(words);
      expect([await app.count("block_document"), await app.count("block_document_reference")]).toEqual([1, 0]);
    });
  }

  test("the same name is free for another type", async () => {
    await make("json", "one", { value: 1 });
    expect((await make("secret", "one", { value: "x" })).name).toBe("one");
  });
});

describe("reading", () => {
  test("secrets come only when they are asked for", async () => {
    const { id } = await make("webhook", "hook", { url: "https://x", headers: { token: "t" }, method: "PUT" });
    expect((await read(id, false)).data).toEqual({ url: HIDDEN, headers: { token: HIDDEN }, method: "PUT" });
    expect((await read(id)).data).toEqual({ url: "https://x", headers: { token: "t" }, method: "PUT" });
  });

  test("by type and name, anonymous ones too", async () => {
    const { name } = await make("process", null, {}, true);
    await make("secret", "mine", { value: "s" });
    expect((await app.send("GET", `/block_types/slug/process/block_documents/name/${name}`)).status).toBe(200);
    const path = "/block_types/slug/secret/block_documents/name/mine";
    expect((await app.send("GET", path)).body).toMatchObject({ data: { value: HIDDEN } });
    expect((await app.send("GET", `${path}?include_secrets=true`)).body).toMatchObject({ data: { value: "s" } });
  });

  const missing: [method: string, path: string, body?: object][] = [
    ["GET", `/block_documents/${NOWHERE}`],
    ["GET", "/block_types/slug/json/block_documents/name/none"],
    ["GET", "/block_types/slug/none/block_documents/name/none"],
    ["PATCH", `/block_documents/${NOWHERE}`, { data: {} }],
    ["DELETE", `/block_documents/${NOWHERE}`],
  ];
  for (const [method, path, body] of missing) {
    test(`${method} ${path} is 404`, async () => {
      const answer = await app.send(method, path, body);
      expect<unknown>(answer).toEqual({ status: 404, body: { detail: "Block document not found" } });
    });
  }
});

describe("lists", () => {
  const table: [what: string, body: object, names: string[]][] = [
    ["no filter: by name, without anonymous ones", {}, ["a-json", "b-process", "c-json"]],
    ["a filter of its own leaves anonymous ones out too", { block_documents: { name: { any_: ["hidden"] } } }, []],
    [
      "is_anonymous null shows all",
      { block_documents: { is_anonymous: null } },
      ["a-json", "b-process", "c-json", "hidden"],
    ],
    ["only anonymous ones", { block_documents: { is_anonymous: { eq_: true } } }, ["hidden"]],
    ["by type", { block_types: { slug: { any_: ["process"] } } }, ["b-process"]],
    [
      "by what its schema can do",
      { block_schemas: { block_capabilities: { all_: ["run-infrastructure"] } } },
      ["b-process"],
    ],
    ["by name", { block_documents: { name: { any_: ["a-json", "c-json"] } }, offset: 1 }, ["c-json"]],
    [
      "joined by or",
      { block_documents: { operator: "or_", is_anonymous: null, name: { any_: ["a-json"] }, id: { any_: [] } } },
      ["a-json"],
    ],
    ["one row", { limit: 1 }, ["a-json"]],
  ];
  for (const [what, body, names] of table) {
    test(what, async () => {
      await make("json", "c-json", { value: 1 });
      await make("process", "b-process", {});
      await make("json", "a-json", { value: 1 });
      await make("process", "hidden", {}, true);
      const { status, body: found } = await app.send("POST", "/block_documents/filter", body);
      expect(status).toBe(200);
      expect((found as BlockDocument[]).map(({ name }) => name ?? "")).toEqual(names);
    });
  }

  test("hide secrets unless they are asked for", async () => {
    await make("secret", "mine", { value: "s" });
    const list = async (include_secrets: boolean) =>
      (await app.call(listBlockDocuments, { body: { include_secrets } })).map(({ data }) => data);
    expect([await list(false), await list(true)]).toEqual([[{ value: HIDDEN }], [{ value: "s" }]]);
  });
});

describe("changing", () => {
  const update = (id: string, body: object) => app.send("PATCH", `/block_documents/${id}`, body);

  const table: [what: string, body: object, data: JsonObject][] = [
    ["new keys are laid over", { data: { method: "GET" } }, { url: "u", headers: { a: "x" }, method: "GET" }],
    ["objects are not merged", { data: { headers: { b: "y" } } }, { url: "u", headers: { b: "y" } }],
    ["asterisks keep the secret", { data: { url: HIDDEN, headers: { a: HIDDEN } } }, { url: "u", headers: { a: "x" } }],
    ["without merging all is replaced", { data: { method: "GET" }, merge_existing_data: false }, { method: "GET" }],
    ["no data changes nothing", {}, { url: "u", headers: { a: "x" } }],
  ];
  for (const [what, body, data] of table) {
    test(what, async () => {
      const { id } = await make("webhook", "hook", { url: "u", headers: { a: "x" } });
      expect<unknown>(await update(id, body)).toEqual({ status: 204, body: null });
      expect((await read(id)).data).toEqual(data);
    });
  }

  test("`updated` moves, the name stays", async () => {
    const { id, updated } = await make("json", "one", { value: 1 });
    app.clock.advance(5);
    await update(id, { data: { value: 2 } });
    const after = await read(id);
    expect(after.updated > updated).toBe(true);
    expect((await update(id, { name: "two" })).status).toBe(422);
    expect((await read(id)).name).toBe("one");
  });

  test("a schema of another type is 400, and nothing changes", async () => {
    const { id } = await make("json", "one", { value: 1 });
    const { block_schema_id } = await kind("secret");
    const answer = await update(id, { block_schema_id, data: { value: 2 } });
    expect(answer.status).toBe(400);
    expect((await read(id)).data).toEqual({ value: 1 });
  });
});

describe("blocks in blocks", () => {
  test("the data of the other is inlined, its secrets hidden by its own schema", async () => {
    const inner = await make("secret", "inner", { value: "s" });
    const outer = await make("json", "outer", { value: 1, secret: ref(inner) });
    expect(outer.data).toEqual({ value: 1, secret: { value: HIDDEN } });
    expect(outer.block_document_references).toMatchObject({
      secret: { block_document: { id: inner.id, name: "inner", is_anonymous: false, block_type: { slug: "secret" } } },
    });
    expect((await read(outer.id)).data).toEqual({ value: 1, secret: { value: "s" } });
  });

  test("three deep", async () => {
    const leaf = await make("json", "leaf", { value: 1 });
    const middle = await make("json", "middle", { value: ref(leaf) });
    const top = await make("json", "top", { value: ref(middle) });
    expect(top.data).toEqual({ value: { value: { value: 1 } } });
    expect(top.block_document_references).toMatchObject({
      value: { block_document: { block_document_references: { value: { block_document: { id: leaf.id } } } } },
    });
  });

  test("a change of the inner one shows in the outer one", async () => {
    const inner = await make("json", "inner", { value: 1 });
    const outer = await make("json", "outer", { value: ref(inner) });
    await app.call(updateBlockDocument, { params: { id: inner.id }, body: { data: { value: 2 } } });
    expect((await read(outer.id)).data).toEqual({ value: { value: 2 } });
  });

  test("deleting the inner one takes its key away", async () => {
    const inner = await make("json", "inner", { value: 1 });
    const outer = await make("json", "outer", { value: 0, more: ref(inner) });
    expect((await app.send("DELETE", `/block_documents/${inner.id}`)).status).toBe(204);
    expect(await read(outer.id)).toMatchObject({ data: { value: 0 }, block_document_references: {} });
    expect((await read(outer.id)).data).toEqual({ value: 0 });
  });

  const patches: [what: string, body: (other: BlockDocument) => object, data: JsonObject, references: number][] = [
    ["other keys leave it", () => ({ data: { value: 5 } }), { value: 5, more: { value: 1 } }, 1],
    ["a plain value takes its place", () => ({ data: { more: "plain" } }), { value: 0, more: "plain" }, 0],
    ["another block takes its place", (other) => ({ data: { more: ref(other) } }), { value: 0, more: { value: 2 } }, 1],
    ["replacing all takes it away", () => ({ data: { value: 9 }, merge_existing_data: false }), { value: 9 }, 0],
  ];
  for (const [what, body, data, references] of patches) {
    test(`when the outer one is changed: ${what}`, async () => {
      const inner = await make("json", "inner", { value: 1 });
      const other = await make("json", "other", { value: 2 });
      const outer = await make("json", "outer", { value: 0, more: ref(inner) });
      expect((await app.send("PATCH", `/block_documents/${outer.id}`, body(other))).status).toBe(204);
      expect((await read(outer.id)).data).toEqual(data);
      expect(await app.count("block_document_reference")).toBe(references);
    });
  }

  test("a circle is refused, and nothing changes", async () => {
    const inner = await make("json", "inner", { value: 1 });
    const outer = await make("json", "outer", { value: ref(inner) });
    for (const target of [inner, outer]) {
      const answer = await app.send("PATCH", `/block_documents/${inner.id}`, { data: { value: ref(target) } });
      expect(answer.status).toBe(422);
    }
    expect((await read(outer.id)).data).toEqual({ value: { value: 1 } });
  });
});

test("deleting a block takes the deployments that run on it", async () => {
  const infrastructure = await make("process", "mine", {});
  await makeDeployment(app, { infrastructure_document_id: infrastructure.id });
  await makeDeployment(app, {});
  await app.send("DELETE", `/block_documents/${infrastructure.id}`);
  expect([await app.count("block_document"), await app.count("deployment")]).toEqual([0, 1]);
});
