// Makes a deployment known to the server: its flow, its blocks, and then itself.
import type { Client } from "#client/client.ts";
import type { DeploymentSpec } from "#domain/deployment.ts";
import { infrastructureDefaults, isInfrastructureType } from "#domain/infrastructure-blocks.ts";
import type { JsonObject } from "#lib/json.ts";
import { createBlockDocument } from "#wire/blocks.ts";
import { createDeployment, type Deployment, textFields } from "#wire/deployments/deployments.ts";
import { createFlow } from "#wire/deployments/flows.ts";
import { noteSnapshotUse } from "../snapshots/snapshot-use.ts";
import { knownType } from "./block-types.ts";
import { checkedOverrides } from "./overrides.ts";
import { readSavedBlock } from "./saved-blocks.ts";

/** Throws `not_found` for an unknown pool or block, `invalid` for what the server refuses. */
export async function applyDeployment(client: Client, spec: DeploymentSpec): Promise<Deployment> {
  noteSnapshotUse(spec.path, client.description);
  // What can be missing or wrong is looked up first: a refusal leaves nothing behind.
  const infra_overrides = await checkedOverrides(client, spec);
  const infrastructure = await documentOf(client, spec.infrastructure);
  const storage = spec.storage ? await documentOf(client, spec.storage) : async () => null;
  const flow = await client.call(createFlow, { body: { name: spec.flow_name } });
  const [infrastructure_document_id, storage_document_id] = [await infrastructure(), await storage()];
  const { work_pool_name, ...texts } = textFields((field) => spec[field]);
  return client.call(createDeployment, {
    body: {
      name: spec.name,
      flow_id: flow.id,
      schedule: spec.schedule,
      parameters: spec.parameters,
      tags: spec.tags,
      ...texts,
      infrastructure_document_id,
      storage_document_id,
      infra_overrides,
      parameter_openapi_schema: spec.parameter_openapi_schema,
      run_policy: { overlap: spec.overlap ?? "allow", catchup: spec.catchup ?? "all" },
      ...(spec.is_schedule_active === null ? {} : { is_schedule_active: spec.is_schedule_active }),
      ...(work_pool_name === null ? {} : { work_pool_name }),
    },
  });
}

/** The block's own document, else the saved one of its name, else a new one. Throws before anything is saved. */
async function documentOf(client: Client, block: JsonObject): Promise<() => Promise<string>> {
  const slug = String(block["block_type_slug"] ?? block["_block_type_slug"]);
  const { _block_document_id: id, _block_document_name: name, _is_anonymous } = block;
  if (typeof id === "string" && _is_anonymous === true) return async () => id;
  if (typeof name !== "string") return newDocument(client, slug, block);
  const saved = await readSavedBlock(client, { slug, name });
  return async () => saved.id;
}

/** Saves it when it is called: the block is for this deployment alone. */
async function newDocument(client: Client, slug: string, block: JsonObject): Promise<() => Promise<string>> {
  const ids = await knownType(client, slug);
  return async () => {
    const document = await client.call(createBlockDocument, {
      body: { ...ids, data: fieldsOf(slug, block), is_anonymous: true },
    });
    return document.id;
  };
}

/** The block's own fields, defaults filled in, without what files add about where it is kept. */
function fieldsOf(slug: string, block: JsonObject): JsonObject {
  const own = Object.entries(block).filter(([key]) => key !== "block_type_slug" && !key.startsWith("_"));
  const defaults = isInfrastructureType(slug) ? infrastructureDefaults(slug) : {};
  return { ...defaults, ...Object.fromEntries(own) };
}
