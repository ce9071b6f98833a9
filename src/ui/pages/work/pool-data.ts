// What the pages of pools and queues read together: all pools, all queues, and what their names are.
import type { WorkPool } from "#wire/pools/work-pools.ts";
import type { WorkQueue } from "#wire/pools/work-queues.ts";
import { useQuery } from "../../data/query.ts";
import { shellWord } from "../../parts/text/command.tsx";

export const MOST = 200;
/** The type of pools whose runs an agent takes; workers take those of all others. */
export const AGENT_TYPE = "prefect-agent";
/** The command that takes the runs of a pool. */
export function poolCommand({ name, type }: Pick<WorkPool, "name" | "type">): string {
  return type === AGENT_TYPE
    ? `orch agent start --pool ${shellWord(name)}`
    : `orch worker start --pool ${shellWord(name)}`;
}

/** The command that takes the runs of one queue of a pool. */
export function queueCommand(pool: WorkPool | undefined, queue: string): string {
  if (!pool) return `orch agent start -q ${shellWord(queue)}`;
  return `${poolCommand(pool)} ${pool.type === AGENT_TYPE ? "-q" : "--work-queue"} ${shellWord(queue)}`;
}

/** When anything last asked one of these queues for work. */
export function lastPolledOf(queues: readonly WorkQueue[]): string | null {
  return queues.reduce<string | null>(
    (newest, { last_polled: at }) => (at && (!newest || at > newest) ? at : newest),
    null,
  );
}

/** The pool with this id, once the pools are read. */
export function usePoolOf(id: string | null | undefined): WorkPool | undefined {
  const body = { work_pools: { id: { any_: id ? [id] : [] } } };
  return useQuery("listWorkPools", id ? { body } : null).data?.[0];
}
