// A deployment as the server has it.

import { blockAsPrinted } from "#blocks/printed-block.ts";
import type { Client } from "#client/client.ts";
import { readExisting } from "#project/deployments/build.ts";
import { readBlockDocument } from "#wire/blocks.ts";
import { type DeploymentFields, fieldsOfSpec } from "./fields.ts";

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
  const { overlap, catchup } = existing;
  return fieldsOfSpec({ ...deployment, flow_name: flowName, overlap, catchup, infrastructure, storage });
}
