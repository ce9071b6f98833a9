// From a flow run to the job that executes it: the deployment's infrastructure block with the deployment's overrides.

import type { Client } from "#client/client.ts";
import type { Job } from "#infrastructure/infrastructure.ts";
import { OrchError } from "#lib/errors.ts";
import { isObject, type Json, type JsonObject } from "#lib/json.ts";
import { PROCESS_DEFAULTS, readBlockDocument } from "#wire/blocks.ts";
import { type Deployment, readDeployment } from "#wire/deployments.ts";
import type { FlowRun } from "#wire/flow-runs.ts";

/** Blocks that nobody can edit are remembered. */
export type BlockCache = Map<string, JsonObject>;

const MOST_REMEMBERED = 1_000;

export type Prepared = Omit<Job, "output">;

/** Throws a sentence when the run's infrastructure is none that this agent can start. */
export async function prepareJob(client: Client, run: FlowRun, cache: BlockCache): Promise<Prepared> {
  const deployment = run.deployment_id
    ? await client.call(readDeployment, { params: { id: run.deployment_id } })
    : undefined;
  const id = deployment?.infrastructure_document_id;
  const block = id ? await readBlock(client, id, cache) : { ...PROCESS_DEFAULTS };
  const data = withOverrides(block, deployment?.infra_overrides ?? {});
  return {
    flowRunId: run.id,
    name: typeof data["name"] === "string" ? data["name"] : run.name,
    command: Array.isArray(data["command"]) ? data["command"].map(String) : null,
    env: textValues(data["env"]),
    labels: { ...labelsOf(run, deployment), ...withoutNulls(textValues(data["labels"])) },
    workingDir: typeof data["working_dir"] === "string" ? data["working_dir"] : null,
    streamOutput: data["stream_output"] !== false,
  };
}

async function readBlock(client: Client, id: string, cache: BlockCache): Promise<JsonObject> {
  const known = cache.get(id);
  if (known) return known;
  const document = await client.call(readBlockDocument, { params: { id }, query: { include_secrets: true } });
  const slug = document.block_type?.slug;
  if (slug !== "process") {
    const sentence = `Infrastructure of type '${slug}' cannot be started by this agent: it starts processes only.`;
    throw new OrchError("invalid", sentence);
  }
  if (document.is_anonymous) {
    if (cache.size >= MOST_REMEMBERED) cache.clear();
    cache.set(id, document.data);
  }
  return document.data;
}

/** Each key is a path of dots into the block: `env.NAME`. What lies on the way must be there. */
export function withOverrides(block: JsonObject, overrides: JsonObject): JsonObject {
  const data = structuredClone(block);
  for (const [path, value] of Object.entries(overrides)) {
    const steps = path.split(".");
    const last = steps.pop() ?? "";
    let place: Json = data;
    for (const step of steps) {
      place = isObject(place) ? ((place as JsonObject)[step] ?? null) : null; // JSON holds JSON
    }
    if (!isObject(place))
      throw new OrchError("invalid", `The override '${path}' names no field of the infrastructure.`);
    (place as JsonObject)[last] = value; // as above
  }
  return data;
}

function textValues(value: Json | undefined): Record<string, string | null> {
  if (!isObject(value)) return {};
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, item === null ? null : String(item)]));
}

function withoutNulls(values: Record<string, string | null>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== null));
}

function labelsOf(run: FlowRun, deployment: Deployment | undefined): Record<string, string> {
  return {
    "prefect.io/flow-run-id": run.id,
    "prefect.io/flow-run-name": run.name,
    ...(deployment
      ? { "prefect.io/deployment-name": deployment.name, "prefect.io/deployment-updated": deployment.updated }
      : {}),
  };
}
