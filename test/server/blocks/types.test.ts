// Block types and schemas over the API, and how they get there.
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { BLOCK_TYPES } from "#blocks/registry.ts";
import type { SqlValue } from "#db/connect.ts";
import { ensureBlockTypes } from "#server/blocks/register.ts";
import type { BlockSchema, BlockType } from "#wire/blocks.ts";
import { listBlockSchemas, listBlockTypes, readBlockTypeBySlug } from "#wire/blocks.ts";
import { type TestApp, testApp } from "../../app.ts";

let app: TestApp;
beforeEach(() => {
  app = testApp();
});
afterEach(() => app.close());

const rows = (sql: string, ...params: SqlValue[]) =>
  app.db.read((q) => q.all<Record<string, SqlValue>>(sql, ...params));
const slugsOf = (types: BlockType[]) => types.map(({ slug }) => slug);
const schemaOf = async (slug: string): Promise<BlockSchema> => {
  const { id } = await app.call(readBlockTypeBySlug, { params: { slug } });
  const [schema] = await app.call(listBlockSchemas, { body: { block_schemas: { block_type_id: { any_: [id] } } } });
  if (!schema) throw new Error(`'${slug}' has no schema`);
  return schema;
};

describe("registration at start", () => {
  test("makes every type known, with one schema", async () => {
    const types = await app.call(listBlockTypes, { body: {} });
    expect(slugsOf(types).toSorted()).toEqual(BLOCK_TYPES.map(({ slug }) => slug).toSorted());
    const ofType = (slug: string) => BLOCK_TYPES.find((type) => type.slug === slug);
    expect(types.filter(({ slug, is_protected }) => ofType(slug)?.is_protected !== is_protected)).toEqual([]);
    expect(await app.count("block_schema")).toBe(BLOCK_TYPES.length);
  });

  test("is not repeated for the same definitions", async () => {
    await ensureBlockTypes(app.app.context);
    await app.db.write((tx) => tx.run("update block_type set description = 'touched'"));
    await ensureBlockTypes(app.app.context);
    expect(await rows("select distinct description from block_type")).toEqual([{ description: "touched" }]);
  });

  test("is repeated for other definitions: descriptions follow, ids and schemas stay", async () => {
    const before = await schemaOf("process");
    await app.db.write((tx) => {
      tx.run("update configuration set value = '\"an older hash\"'");
      tx.run("update block_type set description = 'old'");
    });
    await ensureBlockTypes(app.app.context);
    const after = await schemaOf("process");
    expect(after.id).toBe(before.id);
    expect(after.block_type?.description).toBe(BLOCK_TYPES.find(({ slug }) => slug === "process")?.description ?? "");
    expect(await app.count("block_schema")).toBe(BLOCK_TYPES.length);
  });

  test("without services there are no types", async () => {
    const bare = testApp({ services: false });
    expect(await bare.call(listBlockTypes, { body: {} })).toEqual([]);
    await bare.close();
  });
});

describe("reading types", () => {
  test("by slug, with the fields of the old server", async () => {
    const { status, body } = await app.send("GET", "/block_types/slug/local-file-system");
    expect({ status, body }).toMatchObject({
      status: 200,
      body: { name: "Local File System", slug: "local-file-system", logo_url: null, code_example: null },
    });
  });

  test("an unknown slug is 404", async () => {
    const { status, body } = await app.send("GET", "/block_types/slug/none");
    expect<unknown>({ status, body }).toEqual({ status: 404, body: { detail: "Block type not found" } });
  });

  const filters: [what: string, body: object, slugs: string[]][] = [
    ["part of the name, in any case", { block_types: { name: { like_: "L FILE" } } }, ["local-file-system"]],
    ["slugs, ordered by name", { block_types: { slug: { any_: ["secret", "json"] } } }, ["json", "secret"]],
    ["no slug at all", { block_types: { slug: { any_: [] } } }, []],
    [
      "a capability of a schema",
      { block_schemas: { block_capabilities: { all_: ["docker-login"] } } },
      ["docker-registry"],
    ],
    [
      "both",
      { block_types: { slug: { any_: ["json"] } }, block_schemas: { block_capabilities: { all_: ["read-path"] } } },
      [],
    ],
    ["a page", { limit: 1, offset: 1, block_types: { slug: { any_: ["secret", "json"] } } }, ["secret"]],
  ];
  for (const [what, body, slugs] of filters) {
    test(`filtered by ${what}`, async () => {
      const answer = await app.send("POST", "/block_types/filter", body);
      expect(answer.status).toBe(200);
      expect(slugsOf(answer.body)).toEqual(slugs);
    });
  }

  test("a page of more than 200 is refused", async () => {
    expect((await app.send("POST", "/block_types/filter", { limit: 201 })).status).toBe(422);
  });
});

describe("reading schemas", () => {
  test("by checksum, with or without a version", async () => {
    const schema = await schemaOf("secret");
    expect(schema).toMatchObject({
      version: "2.10.4",
      capabilities: [],
      fields: { title: "Secret", block_type_slug: "secret", secret_fields: ["value"] },
      block_type: { slug: "secret" },
    });
    for (const query of ["", "?version=2.10.4"]) {
      const { body } = await app.send("GET", `/block_schemas/checksum/${schema.checksum}${query}`);
      expect<unknown>(body).toEqual(schema);
    }
    expect((await app.send("GET", `/block_schemas/${schema.id}`)).body as unknown).toEqual(schema);
  });

  test("of several versions the newest is the one without a version", async () => {
    const schema = await schemaOf("secret");
    await app.db.write((tx) =>
      tx.run(
        `insert into block_schema (id, created, updated, checksum, fields, block_type_id, version)
         select 'newer', '2999', '2999', checksum, fields, block_type_id, '3' from block_schema where id = ?`,
        schema.id,
      ),
    );
    const { body } = await app.send("GET", `/block_schemas/checksum/${schema.checksum}`);
    expect(body).toMatchObject({ id: "newer", version: "3" });
    const all = await app.call(listBlockSchemas, {
      body: { block_schemas: { block_type_id: { any_: [schema.block_type_id] } } },
    });
    expect(all.map(({ version }) => version)).toEqual(["3", "2.10.4"]);
  });

  const missing: [path: string, status: number][] = [
    ["/block_schemas/checksum/sha256:none", 404],
    ["/block_schemas/checksum/sha256:none?version=1", 404],
    ["/block_schemas/00000000-0000-0000-0000-000000000000", 404],
    ["/block_schemas/not-an-id", 422],
  ];
  for (const [path, status] of missing) {
    test(`${path} is ${status}`, async () => expect((await app.send("GET", path)).status).toBe(status));
  }

  test("criteria are joined by their operator", async () => {
    const [secret, registry] = [await schemaOf("secret"), await schemaOf("docker-registry")];
    const either = { operator: "or_", id: { any_: [secret.id] }, block_capabilities: { all_: ["docker-login"] } };
    const found: BlockSchema[] = (await app.send("POST", "/block_schemas/filter", { block_schemas: either })).body;
    expect(found.map(({ id }) => id).toSorted()).toEqual([secret.id, registry.id].toSorted());
    const both = { ...either, operator: "and_" };
    expect<unknown>((await app.send("POST", "/block_schemas/filter", { block_schemas: both })).body).toEqual([]);
  });
});
