// From a flow run to the job that executes it: the deployment's infrastructure block with the deployment's overrides.
import type { FieldSchema } from "#blocks/field-values.ts";
import { overridden, readFields } from "#blocks/overrides.ts";
import { process } from "#blocks/process.ts";
import type { Client } from "#client/client.ts";
import { infrastructureDefaults, isInfrastructureType } from "#domain/infrastructure-blocks.ts";
import type { Job } from "#infrastructure/infrastructure.ts";
import { OrchError } from "#lib/errors.ts";
import type { JsonObject } from "#lib/json.ts";
import { readBlockDocument } from "#wire/blocks.ts";
import { type Deployment, readDeployment } from "#wire/deployments/deployments.ts";
import { readFlow } from "#wire/deployments/flows.ts";
import type { QueuedFlowRun } from "#wire/runs/flow-runs.ts";

const MOST_REMEMBERED = 1_000;

/** What a job is made of. Without its flow nothing is known of the flow's name. */
export type JobRun = Pick<QueuedFlowRun, "id" | "name" | "deployment_id"> & Partial<Pick<QueuedFlowRun, "flow_id">>;
export type Prepared = Omit<Job, "output" | "attempt">;

/** An infrastructure block as it is saved, with its secrets. */
interface SavedBlock {
  type: string;
  fields: FieldSchema;
  data: JsonObject;
}

const PROCESS: SavedBlock = { type: "process", fields: process.fields, data: {} };

/** Prepares the jobs of runs that were found together: what they share is read once. */
export interface Preparation {
  /** Throws a sentence when the overrides do not fit the block. */
  jobOf(run: JobRun): Promise<Prepared>;
}

export function createPreparations(client: Client, signal: AbortSignal): () => Preparation {
  // Anonymous blocks can be kept: they cannot be edited. A deployment that changes gets another one.
  const anonymous = new Map<string, SavedBlock>();

  async function readBlock(id: string): Promise<SavedBlock> {
    const known = anonymous.get(id);
    if (known) return known;
    const query = { include_secrets: true };
    const document = await client.call(readBlockDocument, { params: { id }, query }, { signal });
    const type = document.block_type?.slug ?? "";
    const fields = await fieldsOf(type, document.block_schema?.fields);
    const block = { type, fields, data: document.data };
    if (document.is_anonymous) {
      if (anonymous.size >= MOST_REMEMBERED) anonymous.clear();
      anonymous.set(id, block);
    }
    return block;
  }

  return () => {
    const deployments = new Map<string, Promise<Deployment>>();
    const blocks = new Map<string, Promise<SavedBlock>>();
    return {
      async jobOf(run) {
        const { deployment_id } = run;
        const deployment = deployment_id
          ? await readOnce(deployments, deployment_id, (id) =>
              client.call(readDeployment, { params: { id } }, { signal }),
            )
          : undefined;
        const id = deployment?.infrastructure_document_id;
        const { type, fields, data } = id ? await readOnce(blocks, id, readBlock) : PROCESS;
        const usual = isInfrastructureType(type) ? infrastructureDefaults(type) : {};
        const target = { name: type, fields, data, usual, lax: true };
        const filled = overridden(target, deployment?.infra_overrides ?? {});
        return jobFrom({ client, signal }, run, deployment, type, readFields(fields, filled));
      },
    };
  };
}

/** The fields of the run's infrastructure; undefined where its deployment or its block is gone. */
export async function blockOf(preparation: Preparation, run: JobRun): Promise<JsonObject | undefined> {
  try {
    return (await preparation.jobOf(run)).block;
  } catch (error) {
    if (error instanceof OrchError && (error.code === "not_found" || error.code === "invalid")) return undefined;
    throw error;
  }
}

/** Of a type that orch knows its own; else those that the block was saved with. */
async function fieldsOf(type: string, saved: FieldSchema | undefined): Promise<FieldSchema> {
  if (type === "process") return process.fields;
  const { BLOCK_TYPES } = await import("#blocks/registry.ts");
  return BLOCK_TYPES.find(({ slug }) => slug === type)?.fields ?? saved ?? {};
}

/** A failed read is forgotten, so that it can be tried again. */
export function readOnce<T>(known: Map<string, Promise<T>>, id: string, read: (id: string) => Promise<T>): Promise<T> {
  const found = known.get(id);
  if (found) return found;
  const reading = read(id);
  known.set(id, reading);
  reading.catch(() => known.delete(id));
  return reading;
}

interface Asking {
  client: Client;
  signal: AbortSignal;
}

/** `block` has the fields of an infrastructure block of this type. */
export function jobFrom(
  { client, signal }: Asking,
  { id, name, flow_id }: JobRun,
  deployment: Deployment | undefined,
  type: string,
  block: JsonObject,
): Prepared {
  const flowName = async () => {
    if (flow_id === undefined) return undefined;
    const flow = client.call(readFlow, { params: { id: flow_id } }, { signal });
    return (await flow.catch(() => undefined))?.name;
  };
  return {
    ...{ run: { id, name }, type, block },
    deployment: deployment
      ? {
          id: deployment.id,
          name: deployment.name,
          updated: deployment.updated,
          entrypoint: deployment.entrypoint,
          flowName,
        }
      : null,
  };
}
