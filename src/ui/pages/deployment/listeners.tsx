// Says that nothing takes the runs of a deployment: no agent or worker listens to its queue, or that is paused.
import type { DeploymentActivity } from "#wire/deployments/deployment-activity.ts";
import { useQuery, useReadAgain } from "../../data/query.ts";
import { Command, shellWord } from "../../parts/text/command.tsx";
import { AGENT_TYPE, queueCommand, usePoolOf } from "../work/pool-data.ts";
import { isSilent, nextSilence } from "../work/silence.ts";

type Placed = Pick<DeploymentActivity, "work_queue_id" | "work_queue_name" | "work_pool_name">;

/** Where agents start without naming a pool. */
const DEFAULT_POOL = "default-agent-pool";

export function ListenNotice({ of }: { of: Placed }) {
  const { work_queue_id: id, work_queue_name: name, work_pool_name: poolName } = of;
  const queues = useQuery("listWorkQueues", id ? { body: { work_queues: { id: { any_: [id] } } } } : null);
  const queue = queues.data?.[0];
  useReadAgain(queues, queue && nextSilence([queue.last_polled], queues.readAt));
  const pool = usePoolOf(queue?.work_pool_id);
  if (!name) return <Notice sentence="No agent takes its runs: it has no work queue. Change it to name one." />;
  if (!queue || !pool) return null;
  const isUsual = poolName === null || poolName === DEFAULT_POOL;
  const shown = `work queue '${name}'${isUsual ? "" : ` of work pool '${poolName}'`}`;
  const at = `${shellWord(name)}${isUsual ? "" : ` -p ${shellWord(poolName)}`}`;
  if (pool.is_paused)
    return (
      <Notice
        sentence={`Work pool '${pool.name}' is paused, so nothing starts.`}
        command={`orch work-pool resume ${shellWord(pool.name)}`}
      />
    );
  if (queue.is_paused)
    return <Notice sentence={`The ${shown} is paused, so nothing starts.`} command={`orch work-queue resume ${at}`} />;
  if (queue.concurrency_limit === 0)
    return (
      <Notice
        sentence={`The ${shown} has a concurrency limit of 0, so nothing starts.`}
        command={`orch work-queue clear-concurrency-limit ${at}`}
      />
    );
  if (!isSilent(queue.last_polled, queues.readAt)) return null;
  const who = pool.type === AGENT_TYPE ? "agent" : "worker";
  return (
    <Notice
      sentence={`No ${who} listens to the ${shown}, so nothing starts until one does.`}
      command={queueCommand(isUsual ? undefined : pool, name)}
    />
  );
}

function Notice({ sentence, command }: { sentence: string; command?: string }) {
  return (
    <div class="notice" role="status">
      <span>{sentence}</span>
      {command && <Command>{command}</Command>}
    </div>
  );
}
