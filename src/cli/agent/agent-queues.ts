// The queues an agent was started for: by name, by an id as older scripts have it, or by tags, as before 2.0.5.
import type { Client } from "#client/client.ts";
import { OrchError } from "#lib/errors.ts";
import { parseId } from "#lib/ids.ts";
import { DEFAULT_POOL, listWorkPools } from "#wire/pools/work-pools.ts";
import { createWorkQueue, readWorkQueueByName, updateWorkQueue } from "#wire/pools/work-queues.ts";
import type { Io } from "../kit/command.ts";
import { workQueueNamed } from "../work-queue/named.ts";

export interface AskedQueues {
  /** Given without an option: a name or an id. */
  queue: string | undefined;
  "work-queue": string[];
  tag: string[];
  pool: string | null;
}

export interface AgentQueues {
  queues: string[];
  pool: string | null;
}

/** Makes the legacy queue of the tags. Throws `not_found` for an id that is no queue's. */
export async function queuesFor(client: Client, asked: AskedQueues, io: Io): Promise<AgentQueues> {
  const { queue, "work-queue": named, tag: tags, pool } = asked;
  if (tags.length > 0) return { queues: [await legacyQueue(client, tags, io)], pool: null };
  if (queue === undefined) return { queues: named, pool };
  io.out(`Agents take several work queues now, each with -q or --work-queue: orch agent start -q ${queue}`);
  if (parseId(queue) === null) return { queues: [...named, queue], pool };
  const { name, work_pool_id } = await workQueueNamed(client, queue, undefined);
  const filter = { work_pools: { id: { any_: work_pool_id ? [work_pool_id] : [] } } };
  const [owner] = await client.call(listWorkPools, { body: filter });
  const ownersName = !owner || owner.name === DEFAULT_POOL ? null : owner.name;
  if (ownersName !== pool && (pool !== null || named.length > 0)) {
    throw new OrchError(
      "invalid",
      `Work queue '${name}' is in work pool '${owner?.name}': start a separate agent for it.`,
    );
  }
  return { queues: [...named, name], pool: ownersName };
}

/** `Agent queue a-b`, which takes the runs that have both tags. */
async function legacyQueue(client: Client, tags: readonly string[], io: Io): Promise<string> {
  const name = `Agent queue ${tags.toSorted().join("-")}`;
  io.err(io.paint.bad(`Tags are deprecated: this agent takes its runs from the legacy work queue '${name}'.`));
  const filter = { tags: [...tags] };
  const known = await client.call(readWorkQueueByName, { params: { name } }).catch((error) => {
    if (error instanceof OrchError && error.code === "not_found") return null;
    throw error;
  });
  if (!known) await client.call(createWorkQueue, { body: { name, filter } });
  else if (!known.filter) await client.call(updateWorkQueue, { params: { id: known.id }, body: { filter } });
  return name;
}
