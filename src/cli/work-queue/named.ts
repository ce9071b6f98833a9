// Work queues by name or id: in a pool, or in the default one when none is named.
import type { Client } from "#client/client.ts";
import { OrchError } from "#lib/errors.ts";
import { parseId } from "#lib/ids.ts";
import { listWorkPools, readPoolQueue } from "#wire/pools/work-pools.ts";
import { listWorkQueues, readWorkQueue, readWorkQueueByName, type WorkQueue } from "#wire/pools/work-queues.ts";
import { orchErrorIf } from "../kit/missing.ts";
import { nearName } from "../kit/near-name.ts";
import { workPoolNamed } from "../work-pool/named.ts";

export const POOL_OPTION = {
  pool: { type: "string", alias: "p", description: "The queue's work pool. Default: default-agent-pool." },
} as const;

export const NAME_OPTION = {
  name: { type: "positional", required: true, description: "The queue's name, or its id." },
} as const;

/** Throws `not_found` with a sentence that says where a queue of this name is, if there is one. */
export async function workQueueNamed(
  client: Client,
  name: string | undefined,
  pool: string | undefined,
): Promise<WorkQueue> {
  if (!name) throw new OrchError("invalid", "Provide a work queue name.");
  const id = parseId(name);
  const read = id
    ? client.call(readWorkQueue, { params: { id } })
    : pool
      ? client.call(readPoolQueue, { params: { work_pool_name: pool, name } })
      : client.call(readWorkQueueByName, { params: { name } });
  return read.catch(orchErrorIf("not_found", () => sentenceFor(client, name, pool)));
}

async function sentenceFor(client: Client, name: string, pool: string | undefined): Promise<string> {
  if (pool) await workPoolNamed(client, pool);
  const missing = `No work queue named '${name}' found${pool ? ` in work pool '${pool}'` : ""}.`;
  const elsewhere = await client.call(listWorkQueues, { body: { work_queues: { name: { any_: [name] } }, limit: 1 } });
  const poolId = elsewhere[0]?.work_pool_id;
  if (!poolId) {
    const hint = await nearName(name, (page) => client.call(listWorkQueues, { body: page }));
    return `${missing}${hint} 'orch work-queue ls' lists what is there.`;
  }
  const [owner] = await client.call(listWorkPools, { body: { work_pools: { id: { any_: [poolId] } } } });
  return `${missing} There is one in work pool '${owner?.name}': add -p '${owner?.name}'.`;
}

/** As sentences name a queue. */
export function shownQueue({ name }: { name: string }, pool: string | undefined): string {
  return `work queue '${name}'${pool ? ` in work pool '${pool}'` : ""}`;
}
