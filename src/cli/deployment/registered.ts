// What is printed about a deployment that was registered: its id, and how to get its runs executed.

import type { Client } from "#client/client.ts";
import { OrchError } from "#lib/errors.ts";
import { applyDeployment } from "#project/apply.ts";
import type { DeploymentSpec } from "#project/deployment.ts";
import { createPoolQueue, readPoolQueue, updatePoolQueue } from "#wire/work-pools.ts";
import { createWorkQueue, readWorkQueueByName, updateWorkQueue } from "#wire/work-queues.ts";
import type { Api } from "../api.ts";
import type { Io } from "../command.ts";

export async function registerDeployment({ client }: Pick<Api, "client">, spec: DeploymentSpec, io: Io): Promise<void> {
  const deployment = await applyDeployment(client, spec);
  io.out(io.paint.good(`Deployment '${spec.flow_name}/${spec.name}' successfully created with id '${deployment.id}'.`));
  const { work_queue_name: queue, work_pool_name: pool } = spec;
  if (pool) {
    io.out("");
    io.out(`To execute flow runs from this deployment, start an agent that pulls work from the '${pool}' work pool:`);
    io.out(`$ orch agent start -p '${pool}'`);
  } else if (queue) {
    io.out("");
    io.out(`To execute flow runs from this deployment, start an agent that pulls work from the '${queue}' work queue:`);
    io.out(`$ orch agent start -q '${queue}'`);
  } else {
    io.out("This deployment has no work queue: no agent will pick up its runs. Give it one with -q.");
  }
}

/** `--limit`: how many runs of the deployment's queue may execute at once. */
export async function setQueueLimit(client: Client, spec: DeploymentSpec, text: string, io: Io): Promise<void> {
  const limit = Number(text);
  if (!Number.isInteger(limit) || limit < 0)
    throw new OrchError("invalid", `--limit must be a whole number, not '${text}'.`);
  const { work_queue_name: name, work_pool_name: pool } = spec;
  if (!name) throw new OrchError("invalid", "A limit can only be set on a work queue: give one with -q.");
  const body = { concurrency_limit: limit };
  const inPool = pool ? ` in work pool '${pool}'` : "";
  if (pool) {
    const params = { work_pool_name: pool, name };
    await client
      .call(readPoolQueue, { params })
      .catch(missing(() => client.call(createPoolQueue, { params: { work_pool_name: pool }, body: { name } })));
    await client.call(updatePoolQueue, { params, body });
  } else {
    const queue = await client
      .call(readWorkQueueByName, { params: { name } })
      .catch(missing(() => client.call(createWorkQueue, { body: { name } })));
    await client.call(updateWorkQueue, { params: { id: queue.id }, body });
  }
  io.out(`Updated concurrency limit on work queue '${name}'${inPool} to ${limit}`);
}

/** Makes what is not there. */
function missing<T>(make: () => Promise<T>): (error: unknown) => Promise<T> {
  return (error) => {
    if (error instanceof OrchError && error.code === "not_found") return make();
    throw error;
  };
}
