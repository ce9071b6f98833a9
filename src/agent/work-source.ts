// Where an agent finds its work: queues by name, or all queues of a pool. One request asks for all of them.
import type { Client } from "#client/client.ts";
import { OrchError } from "#lib/errors.ts";
import type { Timestamp } from "#lib/timestamps.ts";
import type { FlowRun } from "#wire/flow-runs.ts";
import { createPoolQueue, DEFAULT_POOL, getPoolRuns, readPoolQueue } from "#wire/work-pools.ts";
import { createWorkQueue, readWorkQueueByName } from "#wire/work-queues.ts";

export interface WorkSource {
  /** Makes the queues that are missing. Throws `not_found` for a pool that is. */
  prepare(): Promise<void>;
  /** Runs that are due by then; waits for one up to `waitSeconds`, while the moment moves on with the time. */
  next(options: { before: Timestamp; limit: number; waitSeconds: number; signal: AbortSignal }): Promise<FlowRun[]>;
  /** Which runs are this agent's business, for lists of runs. */
  filter(): { work_pools: { name: { any_: string[] } }; work_pool_queues?: { name: { any_: string[] } } };
}

export interface WorkSourceOptions {
  client: Client;
  queues: readonly string[];
  pool: string | null;
}

export function createWorkSource({ client, queues, pool }: WorkSourceOptions): WorkSource {
  const poolName = pool ?? DEFAULT_POOL;

  async function ensureQueue(name: string): Promise<void> {
    try {
      if (pool === null) await client.call(readWorkQueueByName, { params: { name } });
      else await client.call(readPoolQueue, { params: { work_pool_name: pool, name } });
    } catch (error) {
      if (!(error instanceof OrchError) || error.code !== "not_found") throw error;
      await createQueue(name);
    }
  }

  async function createQueue(name: string): Promise<void> {
    const body = { name };
    try {
      if (pool === null) await client.call(createWorkQueue, { body });
      else await client.call(createPoolQueue, { params: { work_pool_name: pool }, body });
    } catch (error) {
      // Another agent made it in between.
      if (!(error instanceof OrchError) || error.code !== "conflict") throw error;
    }
  }

  return {
    async prepare() {
      for (const name of queues) await ensureQueue(name);
    },
    async next({ before, limit, waitSeconds, signal }) {
      const work_queue_names = queues.length > 0 ? [...queues] : null;
      const body = { work_queue_names, scheduled_before: before, limit };
      const rows = await client.call(getPoolRuns, { params: { name: poolName }, body }, { waitSeconds, signal });
      return rows.map(({ flow_run }) => flow_run);
    },
    filter: () => ({
      work_pools: { name: { any_: [poolName] } },
      ...(queues.length > 0 ? { work_pool_queues: { name: { any_: [...queues] } } } : {}),
    }),
  };
}
