// Registers a worker in its work pool: makes the pool and its template where they are missing, and sends heartbeats.
import type { Client } from "#client/client.ts";
import { baseJobTemplateOf } from "#domain/work-pool-types.ts";
import type { Clock } from "#lib/clock.ts";
import { messageOf, OrchError } from "#lib/errors.ts";
import { createLoop, type Service } from "#lib/loop.ts";
import { isUnavailable } from "#lib/retry.ts";
import { createWorkPool, readWorkPool, updateWorkPool } from "#wire/pools/work-pools.ts";
import { heartbeatWorker } from "#wire/pools/workers.ts";

/** What a worker has in addition to an agent of its pool. */
export interface WorkerIdentity {
  name: string;
  type: string;
}

export interface WorkerRegistrationOptions {
  client: Client;
  clock: Clock;
  pool: string;
  worker: WorkerIdentity;
  heartbeatSeconds: number;
  giveUp: AbortSignal;
  say: (line: string) => void;
}

export interface WorkerRegistration extends Service {
  /** Makes the pool that is missing. */
  makePool(): Promise<null>;
  /** Gives a pool without a template the usual one, and shows the worker for the first time. */
  join(): Promise<void>;
}

export function createWorkerRegistration(options: WorkerRegistrationOptions): WorkerRegistration {
  const { client, clock, pool, worker, heartbeatSeconds, giveUp: signal, say } = options;
  const { name, type } = worker;
  const base_job_template = baseJobTemplateOf(type);

  async function beat(): Promise<void> {
    await client.call(heartbeatWorker, { params: { work_pool_name: pool }, body: { name } }, { signal });
  }

  const loop = createLoop({
    clock,
    delay: () => heartbeatSeconds * 1000,
    runOnce: beat,
    onError(error) {
      // Who looks for work says that the server is away, and makes a pool again that was deleted.
      const isKnown = isUnavailable(error) || (error instanceof OrchError && error.code === "not_found");
      if (!isKnown && !signal.aborted) say(`Heartbeat rejected: ${messageOf(error)}`);
    },
  });

  return {
    ...loop,
    async makePool() {
      try {
        await client.call(createWorkPool, { body: { name: pool, type, base_job_template } }, { signal });
        say(`Created work pool '${pool}'.`);
      } catch (error) {
        // Another worker made it in between.
        if (!(error instanceof OrchError) || error.code !== "conflict") throw error;
      }
      return null;
    },
    async join() {
      const found = await client.call(readWorkPool, { params: { name: pool } }, { signal });
      if (Object.keys(found.base_job_template).length === 0) {
        await client.call(updateWorkPool, { params: { name: pool }, body: { base_job_template } }, { signal });
      }
      await beat();
    },
  };
}
