// From a flow run to the job that a worker executes: the work pool's base job template with the deployment's values. Unlike
// an agent it does not look at the deployment's own infrastructure.
import { readFieldValue } from "#blocks/field-values.ts";
import { texts } from "#blocks/fields.ts";
import type { Client } from "#client/client.ts";
import type { Json, JsonObject } from "#lib/json.ts";
import { readBlockDocument, readBlockDocumentByName } from "#wire/blocks.ts";
import { type Deployment, readDeployment } from "#wire/deployments/deployments.ts";
import { readWorkPool } from "#wire/pools/work-pools.ts";
import { jobFrom, type Preparation, readOnce } from "./job.ts";
import { filledTemplate, type Referred } from "./job-template.ts";

const COMMAND = texts("Command");
const NO = new Set(["false", "f", "no", "n", "off", "0"]);

export interface WorkerPool {
  client: Client;
  pool: string;
  /** Of the infrastructure that its jobs are started on. */
  type: string;
  signal: AbortSignal;
}

/** The template is read for runs that were found together: a change of it counts from the next ones on. */
export function createWorkerPreparations({ client, pool, type, signal }: WorkerPool): () => Preparation {
  const query = { include_secrets: true };
  const referred: Referred = {
    blockById: async (id) => (await client.call(readBlockDocument, { params: { id }, query }, { signal })).data,
    async blockByName(slug, name) {
      const params = { slug, block_document_name: name };
      return (await client.call(readBlockDocumentByName, { params, query }, { signal })).data;
    },
  };
  return () => {
    const deployments = new Map<string, Promise<Deployment>>();
    const templates = new Map<string, Promise<JsonObject>>();
    return {
      async jobOf(run) {
        const template = await readOnce(templates, pool, async (name) => {
          return (await client.call(readWorkPool, { params: { name } }, { signal })).base_job_template;
        });
        const { deployment_id } = run;
        const deployment = deployment_id
          ? await readOnce(deployments, deployment_id, (id) =>
              client.call(readDeployment, { params: { id } }, { signal }),
            )
          : undefined;
        const data = await filledTemplate(template, deployment?.infra_overrides ?? {}, referred);
        const command = wordsOf(data["command"]);
        const block = { ...data, command, stream_output: !isNo(data["stream_output"]) };
        return jobFrom({ client, signal }, run, deployment, type, block);
      },
    };
  };
}

/** A template has the command in one text: a command line, or a list in JSON. */
function wordsOf(command: Json | undefined): Json {
  return readFieldValue("command", COMMAND, command ?? null, {});
}

function isNo(value: Json | undefined): boolean {
  return value === false || value === 0 || (typeof value === "string" && NO.has(value.toLowerCase()));
}
