// What a deployment needs is made known to a server that begins with nothing, as one without services does.
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { type Client, createClient } from "#client/client.ts";
import { fetchTransport } from "#client/transport.ts";
import type { DeploymentSpec } from "#domain/deployment.ts";
import { applyDeployment } from "#project/deployments/apply.ts";
import { knownType, registered } from "#project/deployments/block-types.ts";
import { createBlockType, listBlockSchemas, readBlockDocument, readBlockTypeBySlug } from "#wire/blocks.ts";
import { type TestApp, testApp } from "../../app.ts";

let app: TestApp;
let client: Client;
beforeEach(() => {
  app = testApp({ services: false });
  const transport = fetchTransport(app.app.fetch);
  client = createClient({ clock: app.clock, transport, timeoutSeconds: 5, retries: 0 });
});
afterEach(() => app.close());

const SPEC: DeploymentSpec = {
  timestamp: null,
  ...{ name: "x", flow_name: "say-hi", description: null, version: null, tags: [], parameters: {}, schedule: null },
  ...{
    is_schedule_active: null,
    overlap: null,
    catchup: null,
    infra_overrides: {},
    work_queue_name: "test",
    work_pool_name: null,
  },
  ...{ storage: null, path: "/srv", entrypoint: "a.ts:sayHi", manifest_path: null, parameter_openapi_schema: null },
  infrastructure: { block_type_slug: "process", env: { A: "1" } },
};

test("a deployment is applied to a server that knows no block type", async () => {
  expect(await app.count("block_type")).toBe(0);
  const { infrastructure_document_id } = await applyDeployment(client, SPEC);
  const id = String(infrastructure_document_id);
  const document = await client.call(readBlockDocument, { params: { id } });
  expect(document.block_type?.slug).toBe("process");
  expect(document.data).toMatchObject({ env: { A: "1" }, stream_output: true });
  expect(document.block_schema?.capabilities).toEqual(["run-infrastructure"]);
});

test("applied again nothing is registered again", async () => {
  await applyDeployment(client, SPEC);
  await applyDeployment(client, SPEC);
  expect(await app.count("block_type")).toBe(1);
  expect(await app.count("block_schema")).toBe(1);
});

describe("knownType", () => {
  test("takes what the server has", async () => {
    const first = await knownType(client, "process");
    expect(await knownType(client, "process")).toEqual(first);
  });

  test("gives a type without a schema the one orch knows", async () => {
    const body = { name: "Process", slug: "process", description: "" };
    const { id } = await client.call(createBlockType, { body });
    const ids = await knownType(client, "process");
    expect(ids.block_type_id).toBe(id);
    const [schema] = await client.call(listBlockSchemas, { body: {} });
    expect(schema?.id).toBe(ids.block_schema_id);
  });

  test("of a type that nobody knows is a sentence, and nothing is left behind", async () => {
    const sentence = "There is no block type 'ecs-task'. 'orch block type ls' lists what is there.";
    await expect(knownType(client, "ecs-task")).rejects.toThrow(sentence);
    await expect(applyDeployment(client, { ...SPEC, infrastructure: { block_type_slug: "ecs-task" } })).rejects.toThrow(
      sentence,
    );
    expect(await app.count("flow")).toBe(0);
    expect(await app.count("block_type")).toBe(0);
  });
});

test("a type whose fields changed gets a new schema, the newest of them", async () => {
  const { BLOCK_TYPES } = await import("#blocks/registry.ts");
  const secret = BLOCK_TYPES.find(({ slug }) => slug === "secret");
  if (!secret) throw new Error("secret is a type of orch");
  const first = await registered(client, secret);
  expect(await registered(client, secret)).toEqual(first);
  app.clock.advance(1000);
  const fields = { ...secret.fields, title: "Another" };
  const second = await registered(client, { ...secret, fields });
  expect(second.block_type_id).toBe(first.block_type_id);
  expect(second.block_schema_id).not.toBe(first.block_schema_id);
  expect((await knownType(client, "secret")).block_schema_id).toBe(second.block_schema_id);
  expect((await client.call(readBlockTypeBySlug, { params: { slug: "secret" } })).name).toBe("Secret");
});
