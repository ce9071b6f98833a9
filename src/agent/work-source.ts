// Where an agent finds its work: queues by name or by the beginning of it, or all queues of a pool. One request asks for
// all of them.
import type { Client } from "#client/client.ts";
import { OrchError } from "#lib/errors.ts";
import { didYouMean } from "#lib/text/nearest.ts";
import type { Timestamp } from "#lib/time/timestamps.ts";
import { type AgentScope, getMatchingRuns } from "#wire/pools/agents.ts";
import {
  createPoolQueue,
  DEFAULT_POOL,
  getPoolRuns,
  listWorkPools,
  readPoolQueue,
  readWorkPool,
} from "#wire/pools/work-pools.ts";
import { createWorkQueue, readWorkQueueByName, type WorkQueue } from "#wire/pools/work-queues.ts";
import type { QueuedFlowRun } from "#wire/runs/flow-runs.ts";

export interface WorkSource {
  /** Makes the queues that are missing. Throws `not_found` for a pool that is. */
  prepare(): Promise<void>;
  /** Runs that are due by then; waits for one up to `waitSeconds`, while the moment moves on with the time. */
  next(asked: Asked): Promise<QueuedFlowRun[]>;
  /** Which runs are this agent's business. */
  readonly scope: AgentScope;
}

export interface Asked {
  before: Timestamp;
  limit: number;
  waitSeconds: number;
  signal: AbortSignal;
}

export interface WorkSourceOptions {
  client: Client;
  queues: readonly string[];
  /** Queues whose name begins with one of these, made already or later; in any pool unless one is named. */
  prefixes: readonly string[];
  pool: string | null;
  /** What to do when the pool is missing. Default: to throw `not_found`. */
  makePool?: (() => Promise<null>) | undefined;
  say: (line: string) => void;
}

export function createWorkSource({ client, queues, prefixes, pool, makePool, say }: WorkSourceOptions): WorkSource {
  const poolName = pool ?? DEFAULT_POOL;
  // The flat routes make the default pool when it is first needed.
  const isFlat = poolName === DEFAULT_POOL;

  async function ensureQueue(name: string): Promise<void> {
    const params = { work_pool_name: poolName, name };
    const read = isFlat
      ? client.call(readWorkQueueByName, { params: { name } })
      : client.call(readPoolQueue, { params });
    const queue = await read.catch(otherwise("not_found", () => createQueue(name)));
    if (queue?.is_paused) say(`Work queue '${name}' is paused: it gives no work until it is resumed.`);
  }

  async function createQueue(name: string): Promise<WorkQueue | null> {
    const body = { name };
    const made = isFlat
      ? client.call(createWorkQueue, { body })
      : client.call(createPoolQueue, { params: { work_pool_name: poolName }, body });
    // In conflict with another agent, which made it in between.
    const queue = await made.catch(otherwise("conflict", () => null));
    if (queue) say(`Created work queue '${name}'${pool === null ? "" : ` in work pool '${pool}'`}.`);
    return queue;
  }

  async function ensurePool(name: string): Promise<void> {
    const found = await client
      .call(readWorkPool, { params: { name } })
      .catch(otherwise("not_found", () => (isFlat ? null : makePool ? makePool() : missing(client, name))));
    if (!found && isFlat) await createQueue("default");
    if (found?.is_paused) say(`Work pool '${name}' is paused: it gives no work until it is resumed.`);
  }

  async function prepare(): Promise<void> {
    if (pool !== null) await ensurePool(pool);
    for (const name of queues) await ensureQueue(name);
  }

  async function ask({ before, limit, waitSeconds, signal }: Asked): Promise<QueuedFlowRun[]> {
    const asked = { scheduled_before: before, limit };
    const options = { waitSeconds, signal };
    const names = queues.length > 0 ? { work_queue_names: [...queues] } : {};
    const rows =
      prefixes.length > 0
        ? await client.call(getMatchingRuns, { body: { ...scope, ...asked } }, options)
        : await client.call(getPoolRuns, { params: { name: poolName }, body: { ...names, ...asked } }, options);
    return rows.map(({ flow_run }) => flow_run);
  }

  const scope: AgentScope =
    prefixes.length > 0
      ? { work_pool_name: pool, work_queue_prefixes: [...prefixes] }
      : { work_pool_name: poolName, work_queue_names: queues.length > 0 ? [...queues] : null };

  return {
    prepare,
    // A queue that was deleted meanwhile is made again.
    next: (asked) =>
      ask(asked).catch(
        otherwise("not_found", async () => {
          await prepare();
          return ask(asked);
        }),
      ),
    scope,
  };
}

async function missing(client: Client, pool: string): Promise<never> {
  const pools = await client.call(listWorkPools, { body: {} });
  const hint = didYouMean(
    pool,
    pools.map(({ name }) => name),
  );
  const make = `Make it with 'orch work-pool create ${pool}'.`;
  throw new OrchError("not_found", `Work pool '${pool}' not found.${hint} ${make}`);
}

/** For `catch`: what to do instead after an error with this code. */
function otherwise<T>(code: OrchError["code"], instead: () => T | Promise<T>): (error: unknown) => T | Promise<T> {
  return (error) => {
    if (error instanceof OrchError && error.code === code) return instead();
    throw error;
  };
}
