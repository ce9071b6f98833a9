// What is printed about a deployment that was registered: its id, and how to get its runs executed.
import type { Client } from "#client/client.ts";
import type { DeploymentSpec } from "#domain/deployment.ts";
import { USUAL_TYPE } from "#domain/work-pool-types.ts";
import { OrchError } from "#lib/errors.ts";
import { pages } from "#lib/text/page-addresses.ts";
import { applyDeployment } from "#project/deployments/apply.ts";
import { lostPolicies } from "#project/deployments/run-policies.ts";
import type { Deployment } from "#wire/deployments/deployments.ts";
import { createPoolQueue, DEFAULT_POOL, readPoolQueue, readWorkPool, updatePoolQueue } from "#wire/pools/work-pools.ts";
import { createWorkQueue, readWorkQueueByName, updateWorkQueue, type WorkQueue } from "#wire/pools/work-queues.ts";
import type { Api } from "../api.ts";
import { answeringPage } from "../kit/answering-page.ts";
import type { Io } from "../kit/command.ts";
import { nearPool } from "../work-pool/named.ts";

/** What was made, for scripts. `id` and `url` are null where the server has no such deployment, or no web UI. */
export interface MadeDeployment {
  id: string | null;
  /** `say-hi/marvin`. */
  name: string;
  /** The deployment file. */
  file: string;
  url: string | null;
  /** Where runs find the code. */
  path: string | null;
  entrypoint: string | null;
}

export async function madeDeployment(
  { url }: Pick<Api, "url">,
  { flow_name, name, path, entrypoint }: DeploymentSpec,
  file: string,
  registered: Deployment | undefined,
): Promise<MadeDeployment> {
  const page = registered && (await answeringPage(url, pages.deployment(registered.id)));
  const id = registered?.id ?? null;
  return { id, name: `${flow_name}/${name}`, file, url: page ?? null, path, entrypoint };
}

/** For `--json`: standard output is the JSON alone, without news of what went well. */
export function withoutNews(io: Io): Io {
  return { ...io, out: () => {}, progress: () => {} };
}

export async function registerDeployment(
  { client }: Pick<Api, "client">,
  spec: DeploymentSpec,
  io: Io,
): Promise<Deployment> {
  const deployment = await applyDeployment(client, spec);
  io.out(io.paint.good(`Deployment '${spec.flow_name}/${spec.name}' successfully created with id '${deployment.id}'.`));
  const lost = await lostPolicies(client, spec);
  if (lost !== undefined) io.err(io.paint.bad(lost));
  const { work_queue_name: queue, work_pool_name: pool } = spec;
  // The default pool is that of all queues which name none: what people know is the queue.
  if (pool && !(pool === DEFAULT_POOL && queue)) {
    const [who, command] = (await isOfAgents(client, pool)) ? ["an agent", "agent"] : ["a worker", "worker"];
    io.out("");
    io.out(`To execute flow runs from this deployment, start ${who} that pulls work from the '${pool}' work pool:`);
    io.out(`$ orch ${command} start -p '${pool}'`);
  } else if (queue) {
    io.out("");
    io.out(`To execute flow runs from this deployment, start an agent that pulls work from the '${queue}' work queue:`);
    io.out(`$ orch agent start -q '${queue}'`);
  } else {
    io.out("This deployment has no work queue: no agent will pick up its runs. Give it one with -q.");
  }
  return deployment;
}

async function isOfAgents(client: Client, pool: string): Promise<boolean> {
  return (await client.call(readWorkPool, { params: { name: pool } })).type === USUAL_TYPE;
}

/** Whether workers take the runs of a pool. False for one that is not there. */
export async function isOfWorkers(client: Client, pool: string): Promise<boolean> {
  return pool !== DEFAULT_POOL && !(await isOfAgents(client, pool).catch(() => true));
}

/** Throws `not_found` before anything is written. The default pool is made by the server when it is first needed. */
export async function checkPool(client: Client, pool: string | null | undefined): Promise<void> {
  if (!pool || pool === DEFAULT_POOL) return;
  await client.call(readWorkPool, { params: { name: pool } }).catch(async (error) => {
    if (!(error instanceof OrchError) || error.code !== "not_found") throw error;
    const hint = await nearPool(client, pool);
    const make = `Make it with 'orch work-pool create ${pool}'.`;
    throw new OrchError("not_found", `Work pool '${pool}' not found!${hint} ${make}`);
  });
}

export async function setQueueLimit(client: Client, spec: DeploymentSpec, limit: number, io: Io): Promise<void> {
  const { work_queue_name: name, work_pool_name: pool } = spec;
  if (!name) return io.err("No work queue set! A limit can only be set on a work queue: name one in the file.");
  const body = { concurrency_limit: limit };
  const inPool = pool ? ` in work pool '${pool}'` : "";
  const named = pool === DEFAULT_POOL ? null : pool;
  const before = await openQueue(client, name, named);
  if (before.concurrency_limit !== null && before.concurrency_limit !== limit) {
    const sentence = `already exists with a concurrency limit of ${before.concurrency_limit}, this limit is being updated...`;
    io.out(io.paint.bad(`Work queue '${name}'${inPool} ${sentence}`));
  }
  if (named) await client.call(updatePoolQueue, { params: { work_pool_name: named, name }, body });
  else await client.call(updateWorkQueue, { params: { id: before.id }, body });
  io.out(`Updated concurrency limit on work queue '${name}'${inPool} to ${limit}`);
}

/** The queue; made when it is not there. Without a pool the server takes the default one, and makes that too. */
function openQueue(client: Client, name: string, pool: string | null): Promise<WorkQueue> {
  if (!pool) {
    return client
      .call(readWorkQueueByName, { params: { name } })
      .catch(missing(() => client.call(createWorkQueue, { body: { name } })));
  }
  return client
    .call(readPoolQueue, { params: { work_pool_name: pool, name } })
    .catch(missing(() => client.call(createPoolQueue, { params: { work_pool_name: pool }, body: { name } })));
}

/** Makes what is not there. */
function missing<T>(make: () => Promise<T>): (error: unknown) => Promise<T> {
  return (error) => {
    if (error instanceof OrchError && error.code === "not_found") return make();
    throw error;
  };
}
