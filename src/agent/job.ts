// From a flow run to the job that executes it: the deployment's infrastructure block with the deployment's overrides.
import { overridden, readFields } from "#blocks/overrides.ts";
import { process } from "#blocks/process.ts";
import type { Client } from "#client/client.ts";
import { commandOf } from "#domain/engine-command.ts";
import type { Job } from "#infrastructure/infrastructure.ts";
import { OrchError } from "#lib/errors.ts";
import { isObject, type Json, type JsonObject, textOfJson } from "#lib/json.ts";
import { readBlockDocument } from "#wire/blocks.ts";
import { type Deployment, readDeployment } from "#wire/deployments.ts";
import type { QueuedFlowRun } from "#wire/flow-runs.ts";

const MOST_REMEMBERED = 1_000;

export type Prepared = Omit<Job, "output" | "logFile">;

/** Prepares the jobs of runs that were found together: what they share is read once. */
export interface Preparation {
  /** Throws a sentence when the run's infrastructure is none that this agent can start. */
  jobOf(run: QueuedFlowRun): Promise<Prepared>;
}

export function createPreparations(client: Client, signal: AbortSignal): () => Preparation {
  // Anonymous blocks can be kept: nobody can edit them. A deployment that changes gets another one.
  const anonymous = new Map<string, JsonObject>();

  async function readBlock(id: string): Promise<JsonObject> {
    const known = anonymous.get(id);
    if (known) return known;
    const query = { include_secrets: true };
    const document = await client.call(readBlockDocument, { params: { id }, query }, { signal });
    const slug = document.block_type?.slug;
    if (slug !== "process") {
      const sentence = `Infrastructure of type '${slug}' cannot be started by this agent: it starts processes only.`;
      throw new OrchError("invalid", sentence);
    }
    if (document.is_anonymous) {
      if (anonymous.size >= MOST_REMEMBERED) anonymous.clear();
      anonymous.set(id, document.data);
    }
    return document.data;
  }

  return () => {
    const deployments = new Map<string, Promise<Deployment>>();
    const blocks = new Map<string, Promise<JsonObject>>();
    return {
      async jobOf(run) {
        const { deployment_id } = run;
        const deployment = deployment_id
          ? await readOnce(deployments, deployment_id, (id) =>
              client.call(readDeployment, { params: { id } }, { signal }),
            )
          : undefined;
        const block = deployment?.infrastructure_document_id;
        const data = block ? await readOnce(blocks, block, readBlock) : {};
        const target = { name: "process", fields: process.fields, data, lax: true };
        const filled = overridden(target, deployment?.infra_overrides ?? {});
        return jobFrom(run, deployment, readFields(process.fields, filled));
      },
    };
  };
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

/** `data` has the fields of an infrastructure block. */
export function jobFrom(run: QueuedFlowRun, deployment: Deployment | undefined, data: JsonObject): Prepared {
  return {
    flowRunId: run.id,
    name: typeof data["name"] === "string" ? data["name"] : run.name,
    command: commandOf(data["command"], deployment?.entrypoint ?? null),
    env: textValues(data["env"]),
    labels: { ...labelsOf(run, deployment), ...withoutNulls(textValues(data["labels"])) },
    workingDir: typeof data["working_dir"] === "string" && data["working_dir"] !== "" ? data["working_dir"] : null,
    streamOutput: data["stream_output"] !== false,
  };
}

function textValues(value: Json | undefined): Record<string, string | null> {
  if (!isObject(value)) return {};
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, item === null ? null : textOfJson(item)]));
}

function withoutNulls(values: Record<string, string | null>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== null));
}

function labelsOf(run: QueuedFlowRun, deployment: Deployment | undefined): Record<string, string> {
  return {
    "prefect.io/flow-run-id": run.id,
    "prefect.io/flow-run-name": run.name,
    ...(deployment
      ? { "prefect.io/deployment-name": deployment.name, "prefect.io/deployment-updated": deployment.updated }
      : {}),
  };
}
