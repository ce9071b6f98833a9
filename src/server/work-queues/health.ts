// Reports the health of a queue: whether agents ask it for work, and whether its runs start in time. And which queues would give a
// deployment's runs to agents, by the legacy filters.
import type { Reader } from "#db/connect.ts";
import { toMillis } from "#lib/time/timestamps.ts";
import type { Deployment } from "#wire/deployments/deployments.ts";
import type { WorkQueue, WorkQueueStatus } from "#wire/pools/work-queues.ts";
import { listQueues } from "./store.ts";

const POLICY = { maximum_late_runs: 0, maximum_seconds_since_last_polled: 60 };
const ALL_ROWS = { limit: 1_000_000, offset: 0 };

/** `now` in milliseconds. */
export function statusOf(q: Reader, { id, last_polled }: WorkQueue, now: number): WorkQueueStatus {
  const sql =
    "select count(*) as n from flow_run where work_queue_id = ? and state_type = 'SCHEDULED' and state_name = 'Late'";
  const late = q.get<{ n: number }>(sql, id)?.n ?? 0;
  const silence = last_polled === null ? Number.POSITIVE_INFINITY : Math.floor((now - toMillis(last_polled)) / 1000);
  return {
    healthy: late <= POLICY.maximum_late_runs && silence <= POLICY.maximum_seconds_since_last_polled,
    late_runs_count: late,
    last_polled,
    health_check_policy: POLICY,
  };
}

/** Queues without a filter match every deployment, as on the old server. */
export function queuesMatching(q: Reader, { id, tags }: Pick<Deployment, "id" | "tags">): WorkQueue[] {
  const isMeant = ({ filter }: WorkQueue) => {
    const { tags: wanted, deployment_ids: ids } = filter ?? {};
    return (wanted ?? []).every((tag) => tags.includes(tag)) && (!ids || ids.length === 0 || ids.includes(id));
  };
  const inOrder = listQueues(q, null, ALL_ROWS).toSorted((a, b) => (a.created + a.id < b.created + b.id ? -1 : 1));
  return inOrder.filter(isMeant);
}
