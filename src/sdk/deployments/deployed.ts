// A deployment as the server has it.

import { blockAsPrinted } from "#blocks/printed-block.ts";
import type { Client } from "#client/client.ts";
import { objectWithNumbers } from "#lib/json.ts";
import { readExisting } from "#project/deployments/build.ts";
import { readBlockDocument } from "#wire/blocks.ts";
import type { DeploymentFields } from "./fields.ts";
import { scheduleFromWire } from "./schedules.ts";

/** Undefined when there is none. */
export async function readDeployed(
  client: Client,
  flowName: string,
  name: string,
): Promise<DeploymentFields | undefined> {
  const existing = await readExisting(client, flowName, name);
  if (!existing) return undefined;
  const { deployment, infrastructure } = existing;
  const id = deployment.storage_document_id;
  const storage = id ? blockAsPrinted(await client.call(readBlockDocument, { params: { id } })) : null;
  return {
    name,
    flowName,
    description: deployment.description,
    version: deployment.version,
    tags: deployment.tags,
    parameters: objectWithNumbers(deployment.parameters),
    schedule: deployment.schedule && scheduleFromWire(deployment.schedule),
    isScheduleActive: deployment.is_schedule_active,
    overlap: existing.overlap,
    catchup: existing.catchup,
    workQueueName: deployment.work_queue_name,
    workPoolName: deployment.work_pool_name,
    infraOverrides: deployment.infra_overrides,
    infrastructure,
    storage,
    path: deployment.path,
    entrypoint: deployment.entrypoint,
    manifestPath: deployment.manifest_path,
    parameterOpenapiSchema: deployment.parameter_openapi_schema,
  };
}
