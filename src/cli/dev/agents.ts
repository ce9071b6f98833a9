// The agents of `orch dev`: one for each queue that a deployment names, started when the first one does.
import type { DeploymentSpec } from "#domain/deployment.ts";
import { DEFAULT_POOL } from "#wire/pools/work-pools.ts";
import { type RunningAgentOptions, runAgent } from "../agent/running-agent.ts";

export interface Agents {
  /** Has the runs of the deployment executed. */
  serve(spec: DeploymentSpec): void;
  /** Resolves when an agent gave up. */
  failed: Promise<void>;
  /** Resolves when all have ended; rejects with what made one give up. */
  ended(): Promise<void>;
}

/** Enough for a process to be ready in time; more would only keep Ctrl-C waiting for runs that have not begun. */
const PREFETCH_SECONDS = 1;

export type AgentsOptions = Pick<RunningAgentOptions, "client" | "url" | "apiKey" | "loaded" | "io" | "interrupts">;

export function createAgents(options: AgentsOptions, run: typeof runAgent = runAgent): Agents {
  const running = new Map<string, Promise<void>>();
  const failed = Promise.withResolvers<void>();
  return {
    serve({ work_queue_name: queue, work_pool_name }) {
      const pool = work_pool_name === DEFAULT_POOL ? null : work_pool_name;
      const key = JSON.stringify([pool, queue]);
      if (running.has(key)) return;
      const queues = queue === null ? [] : [queue];
      const agent = run({ ...options, queues, pool, limit: null, prefetchSeconds: PREFETCH_SECONDS, once: false });
      agent.catch(() => failed.resolve());
      running.set(key, agent);
    },
    failed: failed.promise,
    async ended() {
      await Promise.all(running.values());
    },
  };
}
