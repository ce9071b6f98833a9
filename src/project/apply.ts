// Makes a deployment known to the server: its flow, its infrastructure block, and then itself.
import type { Client } from "#client/client.ts";
import { OrchError } from "#lib/errors.ts";
import type { JsonObject } from "#lib/json.ts";
import {
  createBlockDocument,
  listBlockSchemas,
  PROCESS_DEFAULTS,
  readBlockDocumentByName,
  readBlockTypeBySlug,
} from "#wire/blocks.ts";
import { createDeployment, type Deployment } from "#wire/deployments.ts";
import { createFlow } from "#wire/flows.ts";
import type { DeploymentSpec } from "./deployment.ts";

/** Throws `not_found` for an unknown pool or block, `invalid` for what the server refuses. */
export async function applyDeployment(client: Client, spec: DeploymentSpec): Promise<Deployment> {
  if (spec.storage)
    throw new OrchError("invalid", "Storage blocks are not in this version of orch: set 'storage: null'.");
  const flow = await client.call(createFlow, { body: { name: spec.flow_name } });
  const infrastructure_document_id = await infrastructureId(client, spec.infrastructure);
  return client.call(createDeployment, {
    body: {
      name: spec.name,
      flow_id: flow.id,
      version: spec.version,
      schedule: spec.schedule,
      description: spec.description,
      parameters: spec.parameters,
      tags: spec.tags,
      work_queue_name: spec.work_queue_name,
      infrastructure_document_id,
      path: spec.path,
      entrypoint: spec.entrypoint,
      manifest_path: spec.manifest_path,
      infra_overrides: spec.infra_overrides,
      parameter_openapi_schema: spec.parameter_openapi_schema,
      ...(spec.is_schedule_active === null ? {} : { is_schedule_active: spec.is_schedule_active }),
      ...(spec.work_pool_name === null ? {} : { work_pool_name: spec.work_pool_name }),
    },
  });
}

async function infrastructureId(client: Client, block: JsonObject): Promise<string> {
  const slug = String(block["block_type_slug"]);
  const name = block["_block_document_name"];
  if (typeof block["_block_document_id"] === "string" && block["_is_anonymous"] === true)
    return block["_block_document_id"];
  if (typeof name === "string") {
    const params = { slug, block_document_name: name };
    return (await client.call(readBlockDocumentByName, { params })).id;
  }
  return saveAnonymous(client, slug, block);
}

async function saveAnonymous(client: Client, slug: string, block: JsonObject): Promise<string> {
  if (slug !== "process") {
    const sentence = `Infrastructure of type '${slug}' is not in this version of orch, which runs flows as processes.`;
    throw new OrchError("invalid", sentence);
  }
  const type = await client.call(readBlockTypeBySlug, { params: { slug } });
  const body = { block_schemas: { block_type_id: { any_: [type.id] } }, limit: 1 };
  const [schema] = await client.call(listBlockSchemas, { body });
  if (!schema) throw new OrchError("not_found", `The server has no schema for blocks of type '${slug}'.`);
  const document = await client.call(createBlockDocument, {
    body: { data: fieldsOf(block), block_schema_id: schema.id, block_type_id: type.id, is_anonymous: true },
  });
  return document.id;
}

/** The block's own fields, defaults filled in, without what files add about where it is kept. */
function fieldsOf(block: JsonObject): JsonObject {
  const own = Object.entries(block).filter(([key]) => key !== "block_type_slug" && !key.startsWith("_"));
  return { ...PROCESS_DEFAULTS, ...Object.fromEntries(own) };
}
