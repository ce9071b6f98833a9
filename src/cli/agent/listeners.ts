// Tells whether an agent or a worker asks for the runs of a queue, and if none does, the command that starts one.
import type { Client } from "#client/client.ts";
import { USUAL_TYPE } from "#domain/work-pool-types.ts";
import { systemClock } from "#lib/clock.ts";
import { OrchError } from "#lib/errors.ts";
import { shellQuoted } from "#lib/text/shell-words.ts";
import { toMillis } from "#lib/time/timestamps.ts";
import { DEFAULT_POOL, readPoolQueue, readWorkPool } from "#wire/pools/work-pools.ts";
import { readWorkQueueByName, type WorkQueue } from "#wire/pools/work-queues.ts";

/** Agents ask again at least once a minute. */
const SILENT_AFTER_MS = 90_000;

export interface OfQueue {
  work_queue_name: string | null;
  work_pool_name: string | null;
}

/** Why the runs of this queue will not start, in a sentence; undefined while an agent or worker polls it. */
export async function nobodyListens(client: Client, of: OfQueue): Promise<string | undefined> {
  const { work_queue_name: name, work_pool_name } = of;
  if (!name) return "No agent will take this run: its deployment has no work queue. Build it again with -q.";
  const pool = work_pool_name === DEFAULT_POOL ? null : work_pool_name;
  const queue = await readQueue(client, name, pool);
  const shown = `work queue '${name}'${pool ? ` of work pool '${pool}'` : ""}`;
  const at = `${shellQuoted(name)}${pool ? ` -p ${shellQuoted(pool)}` : ""}`;
  if (queue?.is_paused) return `The ${shown} is paused, so nothing starts: orch work-queue resume ${at}`;
  if (queue?.concurrency_limit === 0) {
    return `The ${shown} has a concurrency limit of 0, so nothing starts: orch work-queue clear-concurrency-limit ${at}`;
  }
  const polled = queue?.last_polled;
  if (polled && systemClock.now() - toMillis(polled) < SILENT_AFTER_MS) return undefined;
  return `No ${await kindOf(client, pool)} listens to the ${shown}, so nothing starts until one does: ${await starting(client, name, pool)}`;
}

/** The command that starts what takes the queue's runs. */
export async function starting(client: Client, queue: string, pool: string | null): Promise<string> {
  if (!pool || pool === DEFAULT_POOL) return `orch agent start -q ${shellQuoted(queue)}`;
  return `orch ${await kindOf(client, pool)} start -p ${shellQuoted(pool)} -q ${shellQuoted(queue)}`;
}

async function kindOf(client: Client, pool: string | null): Promise<"agent" | "worker"> {
  if (!pool) return "agent";
  return (await client.call(readWorkPool, { params: { name: pool } })).type === USUAL_TYPE ? "agent" : "worker";
}

/** Undefined for a queue that is not there yet: the first agent makes it. */
async function readQueue(client: Client, name: string, pool: string | null): Promise<WorkQueue | undefined> {
  const reading = pool
    ? client.call(readPoolQueue, { params: { work_pool_name: pool, name } })
    : client.call(readWorkQueueByName, { params: { name } });
  return reading.catch((error) => {
    if (error instanceof OrchError && error.code === "not_found") return undefined;
    throw error;
  });
}
