// A deployment's `infra_overrides`, read and checked before the deployment is saved: by the fields of its infrastructure, or
// by the variables of its work pool where a worker makes the jobs.
import { type OverrideTarget, readOverrides } from "#blocks/overrides.ts";
import { BLOCK_TYPES } from "#blocks/registry.ts";
import type { Client } from "#client/client.ts";
import type { DeploymentSpec } from "#domain/deployment.ts";
import { infrastructureDefaults, isInfrastructureType } from "#domain/infrastructure-blocks.ts";
import { USUAL_TYPE } from "#domain/work-pool-types.ts";
import { OrchError } from "#lib/errors.ts";
import { isObject, type Json, type JsonObject } from "#lib/json.ts";
import { readBlockDocument } from "#wire/blocks.ts";
import { DEFAULT_POOL, readWorkPool } from "#wire/pools/work-pools.ts";

type Overriding = Pick<DeploymentSpec, "infra_overrides" | "infrastructure" | "work_pool_name">;

/** Under the same names. Throws `invalid` with a sentence for a field that there is not, or a value that does not fit it. */
export async function checkedOverrides(client: Client, deployment: Overriding): Promise<JsonObject> {
  const { infra_overrides } = deployment;
  if (Object.keys(infra_overrides).length === 0) return {};
  const target = await targetOf(client, deployment);
  return target ? readOverrides(target, infra_overrides) : infra_overrides;
}

/** Undefined when nothing is known of the fields. */
async function targetOf(client: Client, deployment: Overriding): Promise<OverrideTarget | undefined> {
  const { infrastructure, work_pool_name: pool } = deployment;
  if (pool !== null && pool !== DEFAULT_POOL) {
    const found = await client.call(readWorkPool, { params: { name: pool } }).catch(unlessMissing);
    // A pool that is not there is refused where the deployment is registered.
    if (!found) return undefined;
    if (found.type !== USUAL_TYPE) return poolTarget(pool, found.base_job_template["variables"]);
  }
  const slug = String(infrastructure["block_type_slug"] ?? infrastructure["_block_type_slug"]);
  const fields = BLOCK_TYPES.find((type) => type.slug === slug)?.fields ?? (await savedFields(client, infrastructure));
  const usual = isInfrastructureType(slug) ? infrastructureDefaults(slug) : {};
  return fields && { name: `infrastructure '${slug}'`, fields, data: infrastructure, usual };
}

function poolTarget(name: string, variables: Json | undefined): OverrideTarget | undefined {
  if (!isObject(variables)) return undefined;
  const fields = variables;
  return { name: `work pool '${name}'`, fields, data: defaultsOf(fields) };
}

function unlessMissing(error: unknown): undefined {
  if (error instanceof OrchError && error.code === "not_found") return undefined;
  throw error;
}

/** Of a block type that others have registered. */
async function savedFields(client: Client, block: JsonObject): Promise<JsonObject | undefined> {
  const { _block_document_id: id } = block;
  if (typeof id !== "string") return undefined;
  const document = await client.call(readBlockDocument, { params: { id } });
  return document.block_schema?.fields;
}

function defaultsOf({ properties }: JsonObject): JsonObject {
  const known = isObject(properties) ? Object.entries(properties) : [];
  return Object.fromEntries(
    known.flatMap(([name, property]) => {
      const usual = isObject(property) ? property["default"] : undefined;
      return usual === undefined ? [] : [[name, usual]];
    }),
  );
}
