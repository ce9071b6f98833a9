// Block types and schemas that clients bring along, as the Python client does before it saves a block.
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import type { JsonObject } from "#lib/json.ts";
import {
  type BlockSchema,
  type BlockType,
  createBlockDocument,
  createBlockSchema,
  createBlockType,
  listBlockSchemas,
  readBlockType,
  readBlockTypeBySlug,
} from "#wire/blocks.ts";
import { type TestApp, testApp } from "../../app.ts";
import { makeDeployment } from "../../factory.ts";

const NOWHERE = "00000000-0000-0000-0000-000000000000";
const URL = "https://example.com/logo.png";

let app: TestApp;
beforeEach(() => {
  app = testApp();
});
afterEach(() => app.close());

const newType = (fields: Partial<BlockType> = {}) =>
  app.call(createBlockType, { body: { name: "Mine", slug: "mine", ...fields } });

describe("POST /block_types/", () => {
  test("answers 201 with the type, its text as HTML shows it", async () => {
    const body = { name: "Mine", slug: "mine", logo_url: URL, description: `a < b & "c"`, code_example: "x -> y" };
    const answer = await app.send("POST", "/block_types/", body);
    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({
      ...{ name: "Mine", slug: "mine", logo_url: URL, documentation_url: null, is_protected: false },
      ...{ description: `a &lt; b &amp; "c"`, code_example: "x -&gt; y" },
    });
  });

  const refused: [what: string, body: object, status: number, words: string][] = [
    ["a name that starts with Prefect", { name: "prefect Thing" }, 403, "names beginning with 'Prefect' are reserved"],
    ["a slug that is taken", { slug: "secret" }, 409, `Block type with name \\"Mine\\" already exists`],
    ["a slug of other letters", { slug: "My Type" }, 422, "must only contain"],
    ["an address without a domain", { logo_url: "http://localhost/x.png" }, 422, "top level domain required"],
    ["an address of another kind", { documentation_url: "ftp://example.com" }, 422, "URL scheme not permitted"],
    ["no address at all", { logo_url: "logo.png" }, 422, "invalid or missing URL scheme"],
    ["an unknown field", { is_protected: true }, 422, "extra fields not permitted"],
  ];
  for (const [what, fields, status, words] of refused) {
    test(`${what} is ${status}, and nothing is stored`, async () => {
      await newType({ name: "Other", slug: "other" });
      const before = await app.count("block_type");
      const answer = await app.send("POST", "/block_types/", { name: "Mine", slug: "mine", ...fields });
      expect(answer.status).toBe(status);
      expect(JSON.stringify(answer.body)).toContain(words);
      expect(await app.count("block_type")).toBe(before);
    });
  }
});

describe("PATCH /block_types/{id}", () => {
  test("changes what is sent and nothing else, and does not escape it", async () => {
    const { id } = await newType({ logo_url: URL, description: "old" });
    const answer = await app.send("PATCH", `/block_types/${id}`, { description: "a < b" });
    expect<unknown>(answer).toEqual({ status: 204, body: null });
    expect(await app.call(readBlockType, { params: { id } })).toMatchObject({ description: "a < b", logo_url: URL });
    await app.send("PATCH", `/block_types/${id}`, { logo_url: null });
    expect((await app.call(readBlockType, { params: { id } })).logo_url).toBeNull();
  });

  test("the same text in other HTML is no change", async () => {
    const { id, updated } = await newType({ description: "a < b" });
    app.clock.advance(60);
    await app.send("PATCH", `/block_types/${id}`, { description: "a < b" });
    expect(await app.call(readBlockType, { params: { id } })).toMatchObject({ updated, description: "a &lt; b" });
  });

  test("the name and the slug stay", async () => {
    const { id } = await newType();
    expect((await app.send("PATCH", `/block_types/${id}`, { name: "Other" })).status).toBe(422);
    expect((await app.send("PATCH", `/block_types/${NOWHERE}`, {})).status).toBe(404);
  });
});

describe("DELETE", () => {
  test("a type goes with its schemas and blocks, and the deployments that run on them", async () => {
    const { id } = await newType();
    const schema = await app.call(createBlockSchema, { body: { block_type_id: id, fields: { title: "Mine" } } });
    const body = { name: "one", block_type_id: id, block_schema_id: schema.id, data: {} };
    const document = await app.call(createBlockDocument, { body });
    await makeDeployment(app, { infrastructure_document_id: document.id });
    expect((await app.send("DELETE", `/block_types/${id}`)).status).toBe(204);
    expect((await app.send("GET", `/block_types/${id}`)).status).toBe(404);
    expect([await app.count("block_document"), await app.count("deployment")]).toEqual([0, 0]);
  });

  test("protected types and their schemas stay", async () => {
    const { id } = await app.call(readBlockTypeBySlug, { params: { slug: "secret" } });
    const [schema] = await app.call(listBlockSchemas, { body: { block_schemas: { block_type_id: { any_: [id] } } } });
    const type = await app.send("DELETE", `/block_types/${id}`);
    expect<unknown>(type).toEqual({ status: 403, body: { detail: "protected block types cannot be deleted." } });
    const detail = "Block schemas for protected block types cannot be deleted.";
    const answer = await app.send("DELETE", `/block_schemas/${schema?.id}`);
    expect<unknown>(answer).toEqual({ status: 403, body: { detail } });
  });

  test("a schema of another type goes; what is not there is 404", async () => {
    const { id } = await newType();
    const schema = await app.call(createBlockSchema, { body: { block_type_id: id, fields: { title: "Mine" } } });
    expect((await app.send("DELETE", `/block_schemas/${schema.id}`)).status).toBe(204);
    expect((await app.send("DELETE", `/block_schemas/${schema.id}`)).status).toBe(404);
    expect((await app.send("DELETE", `/block_types/${NOWHERE}`)).status).toBe(404);
  });
});

describe("POST /block_schemas/", () => {
  const post = async (body: object) => {
    const answer = await app.send("POST", "/block_schemas/", body);
    return { status: answer.status, body: answer.body as BlockSchema };
  };

  test("answers 201, and 200 with the same one again", async () => {
    const { id } = await newType();
    const body = { block_type_id: id, fields: { title: "Mine" }, capabilities: ["fly"], version: "1" };
    const first = await post(body);
    expect(first).toMatchObject({ status: 201, body: { capabilities: ["fly"], version: "1", block_type: { id } } });
    expect(await post(body)).toEqual({ status: 200, body: first.body });
    expect((await post({ ...body, version: "2" })).status).toBe(201);
    expect((await post({ block_type_id: id, fields: { title: "Mine" } })).body.version).toBe("non-versioned");
  });

  describe("a block in it whose definition is left out", () => {
    const INNER = { title: "Inner", type: "object", properties: { x: { type: "string" } } };
    const outer = (checksum: string) => ({
      ...{ title: "Outer", type: "object", properties: { inner: { $ref: "#/definitions/Inner" } } },
      block_schema_references: { inner: { block_type_slug: "mine", block_schema_checksum: checksum } },
    });

    test("is taken from its stored schema", async () => {
      const { id } = await newType();
      const inner = await post({ block_type_id: id, fields: INNER });
      const answer = await post({ block_type_id: id, fields: outer(inner.body.checksum) });
      expect(answer.status).toBe(201);
      expect<unknown>(answer.body.fields["definitions"]).toEqual({ Inner: inner.body.fields });
      const known = await app.call(listBlockSchemas, { body: { block_schemas: { block_type_id: { any_: [id] } } } });
      expect(known.map(({ fields }) => fields["title"])).toEqual(["Outer", "Inner"]);
    });

    test("is 422 where no schema has the checksum, and nothing is stored", async () => {
      const { id } = await newType();
      const before = await app.count("block_schema");
      const answer = await post({ block_type_id: id, fields: outer("sha256:0") });
      expect(answer.status).toBe(422);
      expect(JSON.stringify(answer.body)).toContain("due to missing definition");
      expect(await app.count("block_schema")).toBe(before);
    });
  });

  test("numbers count as they were written", async () => {
    const { id } = await newType();
    // python3 -c 'hash_objects({"a": [3.0, 3, 1e3, 1e16, 1e-5, -0.0, 12345678901234567890], "b": "3.0", …})'
    const fields = `{"b": "3.0 \\"4.0\\"", "a": [3.0, 3, 1e3, 1e16, 0.00001, -0.0, 12345678901234567890, 2.50]}`;
    const text = `[[{"a": [3.0, 3, 1000.0, 1e+16, 1e-05, -0.0, 12345678901234567890, 2.5], "b": "3.0 \\"4.0\\""}], {}]`;
    const checksum = `sha256:${new Bun.CryptoHasher("sha256").update(text).digest("hex")}`;
    const answer = await app.send("POST", "/block_schemas/", `{"block_type_id": "${id}", "fields": ${fields}}`);
    expect(answer).toMatchObject({ status: 201, body: { checksum, fields: { b: `3.0 "4.0"` } } });
  });

  test("an unknown type is 404", async () => {
    const answer = await app.send("POST", "/block_schemas/", { block_type_id: NOWHERE });
    expect<unknown>(answer).toEqual({ status: 404, body: { detail: `Block type ${NOWHERE} not found.` } });
  });
});

describe("a schema with a block in it", () => {
  const inner: JsonObject = { title: "Inner", block_type_slug: "inner", properties: { pi: { default: 3.5 } } };
  const outer = (definitions: JsonObject): JsonObject => ({
    title: "Outer",
    block_type_slug: "mine",
    properties: { part: { $ref: "#/definitions/Inner" }, kind: { $ref: "#/definitions/Kind" } },
    definitions,
    block_schema_references: { part: { block_type_slug: "inner", block_schema_checksum: "sha256:x" } },
  });
  const kind = { title: "Kind", enum: ["a"] };

  test("stores the inner one's schema too, and gives all definitions back", async () => {
    const [mine, { id: innerType }] = [await newType(), await newType({ name: "Inner", slug: "inner" })];
    const fields = outer({ Inner: inner, Kind: kind });
    const schema = await app.call(createBlockSchema, { body: { block_type_id: mine.id, fields } });
    expect(schema.fields).toEqual(fields);
    const of = (id: string) =>
      app.call(listBlockSchemas, { body: { block_schemas: { block_type_id: { any_: [id] } } } });
    const [nested, ...more] = await of(innerType);
    expect(nested).toMatchObject({ fields: { title: "Inner" }, version: "non-versioned" });
    expect(more).toEqual([]);
    const own = await app.send("POST", "/block_schemas/", { block_type_id: innerType, fields: inner });
    expect(own).toMatchObject({ status: 200, body: { id: nested?.id } });
  });

  test("an unknown type of the inner one is 409, and nothing is stored", async () => {
    const { id } = await newType();
    const before = await app.count("block_schema");
    const body = { block_type_id: id, fields: outer({ Inner: inner, Kind: kind }) };
    const answer = await app.send("POST", "/block_schemas/", body);
    expect(answer.status).toBe(409);
    expect(JSON.stringify(answer.body)).toContain("block type 'inner' was not found");
    expect(await app.count("block_schema")).toBe(before);
  });

  test("a missing definition is refused", async () => {
    const { id } = await newType();
    await newType({ name: "Inner", slug: "inner" });
    const body = { block_type_id: id, fields: outer({ Kind: kind }) };
    const answer = await app.send("POST", "/block_schemas/", body);
    expect(answer.status).toBe(422);
    expect(JSON.stringify(answer.body)).toContain("missing definition");
  });
});

test("GET /block_capabilities/ names each once", async () => {
  const { id } = await newType();
  const body = { block_type_id: id, fields: { title: "Mine" }, capabilities: ["fly", "read-path"] };
  await app.call(createBlockSchema, { body });
  const { body: names } = await app.send("GET", "/block_capabilities/");
  expect(names as string[]).toContain("fly");
  expect((names as string[]).filter((name) => name === "read-path")).toHaveLength(1);
});

describe("GET /block_types/slug/{slug}/block_documents", () => {
  test("lists the named ones, secrets hidden unless asked for", async () => {
    const { id } = await app.call(readBlockTypeBySlug, { params: { slug: "secret" } });
    const [schema] = await app.call(listBlockSchemas, { body: { block_schemas: { block_type_id: { any_: [id] } } } });
    const common = { block_type_id: id, block_schema_id: schema?.id ?? "", data: { value: "s" } };
    await app.call(createBlockDocument, { body: { ...common, name: "b" } });
    await app.call(createBlockDocument, { body: { ...common, name: "a" } });
    await app.call(createBlockDocument, { body: { ...common, is_anonymous: true } });
    const path = "/block_types/slug/secret/block_documents";
    const shape = async (query: string) =>
      ((await app.send("GET", path + query)).body as { name: string; data: object }[]).map(({ name, data }) => [
        name,
        data,
      ]);
    expect(await shape("")).toEqual([
      ["a", { value: "********" }],
      ["b", { value: "********" }],
    ]);
    expect(await shape("?include_secrets=true")).toEqual([
      ["a", { value: "s" }],
      ["b", { value: "s" }],
    ]);
    expect((await app.send("GET", "/block_types/slug/none/block_documents")).status).toBe(404);
  });
});

test("install_system_block_types brings the protected ones back to what they were", async () => {
  await app.db.write((tx) => tx.run("update block_type set description = 'touched'"));
  const answer = await app.send("POST", "/block_types/install_system_block_types");
  expect<unknown>(answer).toEqual({ status: 200, body: null });
  const { description } = await app.call(readBlockTypeBySlug, { params: { slug: "secret" } });
  expect(description).not.toBe("touched");
});
