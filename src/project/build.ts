// Puts a deployment together: from the flow, from what the builder was told, and where it was told nothing, from the
// deployment of that name that the server has already.

import type { Client } from "#client/client.ts";
import { OrchError } from "#lib/errors.ts";
import type { JsonObject } from "#lib/json.ts";
import { readBlockDocument } from "#wire/blocks.ts";
import { type Deployment, readDeploymentByName } from "#wire/deployments.ts";
import type { ScheduleInput } from "#wire/schedules.ts";
import { type DeploymentSpec, processBlock } from "./deployment.ts";

/** What the builder was told; `undefined` where nothing was said. */
export interface BuildOptions {
  name: string;
  description?: string | undefined;
  version?: string | undefined;
  tags?: string[] | undefined;
  work_queue_name?: string | undefined;
  work_pool_name?: string | undefined;
  parameters?: JsonObject | undefined;
  schedule?: ScheduleInput | undefined;
  infra_overrides: JsonObject;
}

/** What is known of the flow. */
export interface BuiltFlow {
  name: string;
  /** `flows/marvin.ts:sayHi`, relative to `path`. */
  entrypoint: string;
  description: string | null;
  version: string;
  schema: JsonObject;
  /** Where its code lies: a snapshot, or a folder. */
  path: string;
}

/** What the server has under this name. */
export interface Existing {
  deployment: Deployment;
  infrastructure: JsonObject | null;
}

export async function readExisting(client: Client, flowName: string, name: string): Promise<Existing | undefined> {
  const params = { flow_name: flowName, deployment_name: name };
  const deployment = await client.call(readDeploymentByName, { params }).catch((error) => {
    if (error instanceof OrchError && error.code === "not_found") return undefined;
    throw error;
  });
  if (!deployment) return undefined;
  const id = deployment.infrastructure_document_id;
  return { deployment, infrastructure: id ? await readBlock(client, id) : null };
}

async function readBlock(client: Client, id: string): Promise<JsonObject> {
  const document = await client.call(readBlockDocument, { params: { id } });
  const slug = document.block_type?.slug ?? "process";
  return {
    ...document.data,
    block_type_slug: slug,
    _block_document_id: document.id,
    _block_document_name: document.name,
    _is_anonymous: document.is_anonymous,
    _block_type_slug: slug,
  };
}

/** `now` is the file's timestamp. */
export function buildDeployment(
  flow: BuiltFlow,
  options: BuildOptions,
  existing: Existing | undefined,
  now: string,
): DeploymentSpec {
  const before = existing?.deployment;
  return {
    name: options.name,
    description: options.description ?? before?.description ?? flow.description,
    version: options.version ?? flow.version,
    work_queue_name: options.work_queue_name ?? before?.work_queue_name ?? "default",
    work_pool_name: options.work_pool_name ?? before?.work_pool_name ?? null,
    tags: options.tags ?? before?.tags ?? [],
    parameters: options.parameters ?? before?.parameters ?? {},
    schedule: options.schedule ?? before?.schedule ?? null,
    is_schedule_active: before?.is_schedule_active ?? null,
    infra_overrides: options.infra_overrides,
    infrastructure: existing?.infrastructure ?? processBlock(engineCommand(flow.entrypoint)),
    flow_name: flow.name,
    manifest_path: before?.manifest_path ?? null,
    storage: null,
    path: flow.path,
    entrypoint: flow.entrypoint,
    parameter_openapi_schema: flow.schema,
    timestamp: now,
  };
}

/** As another agent could run it too; orch's own puts its executable in the place of the first word. */
function engineCommand(entrypoint: string): string[] {
  return /\.py:/.test(entrypoint) ? ["python", "-m", "prefect.engine"] : ["orch", "engine"];
}
