// Notification outbox. Rows are written in the transaction of the state change and deleted after delivery, or when it has
// failed for good: at-least-once.
import { readOwnJson } from "#db/codecs.ts";
import type { Reader, Tx } from "#db/connect.ts";
import { newId } from "#lib/ids.ts";
import type { Timestamp } from "#lib/time/timestamps.ts";
import type { StateType } from "#wire/runs/states.ts";

interface ActivePolicy {
  id: string;
  state_names: string;
  tags: string;
}

// With no policy it costs 1 µs of a transition: there is one page to look at.
const ACTIVE = "select id, state_names, tags from flow_run_notification_policy where is_active = 1";

/** Queues the state for each active policy that wants it; gives their number. No names, or no tags, stand for all. */
export function queueNotifications(tx: Tx, now: Timestamp, runId: string, state: { id: string; name: string }): number {
  const policies = tx.all<ActivePolicy>(ACTIVE).filter(({ state_names }) => wants(state_names, [state.name]));
  if (policies.length === 0) return 0;
  const run = tx.get<{ tags: string }>("select tags from flow_run where id = ?", runId);
  const tags = readOwnJson<string[]>(run?.tags ?? "[]");
  const wanting = policies.filter((policy) => wants(policy.tags, tags));
  for (const policy of wanting) {
    tx.run(
      `insert into flow_run_notification_queue (id, created, flow_run_notification_policy_id, flow_run_state_id)
       values (?, ?, ?, ?)`,
      ...[newId(), now, policy.id, state.id],
    );
  }
  return wanting.length;
}

function wants(list: string, given: readonly string[]): boolean {
  const wanted = readOwnJson<string[]>(list);
  return wanted.length === 0 || wanted.some((word) => given.includes(word));
}

/** The policies, by id, that have messages which no pass is sending. */
export function policiesWithNews(q: Reader, now: Timestamp): string[] {
  const sql = `select id from flow_run_notification_policy
    where exists (
      select 1 from flow_run_notification_queue
      where flow_run_notification_policy_id = flow_run_notification_policy.id
        and (claimed_until is null or claimed_until < ?)
    )
    order by id`;
  return q.all<{ id: string }>(sql, now).map(({ id }) => id);
}

export interface Notification {
  id: string;
  block_document_id: string;
  message_template: string | null;
  flow_run_notification_policy_id: string;
  flow_id: string;
  flow_name: string;
  flow_run_id: string;
  flow_run_name: string;
  flow_run_parameters: string;
  flow_run_state_type: StateType;
  flow_run_state_name: string;
  flow_run_state_timestamp: Timestamp;
  flow_run_state_message: string | null;
}

type Queued = { id: string } & (Notification | { flow_run_id: null });

const OLDEST = `select n.id, p.block_document_id, p.message_template, p.id as flow_run_notification_policy_id,
    flow.id as flow_id, flow.name as flow_name, flow_run.id as flow_run_id, flow_run.name as flow_run_name,
    flow_run.parameters as flow_run_parameters, s.type as flow_run_state_type, s.name as flow_run_state_name,
    s.timestamp as flow_run_state_timestamp, s.message as flow_run_state_message
  from flow_run_notification_queue n
  join flow_run_notification_policy p on p.id = n.flow_run_notification_policy_id
  left join flow_run_state s on s.id = n.flow_run_state_id
  left join flow_run on flow_run.id = s.flow_run_id
  left join flow on flow.id = flow_run.flow_id
  where n.flow_run_notification_policy_id = ? and (n.claimed_until is null or n.claimed_until < ?)
  order by n.id
  limit 1`;

/** The oldest of a policy, now the caller's until then. Rows about a run that is gone are deleted. */
export function claimNotification(
  tx: Tx,
  policyId: string,
  now: Timestamp,
  until: Timestamp,
): Notification | undefined {
  for (;;) {
    const oldest = tx.get<Queued>(OLDEST, policyId, now);
    if (!oldest) return undefined;
    if (oldest.flow_run_id !== null) {
      tx.run("update flow_run_notification_queue set claimed_until = ? where id = ?", until, oldest.id);
      return oldest;
    }
    removeNotification(tx, oldest.id);
  }
}

/** Releases it, so that another pass may send it. */
export function releaseNotification(tx: Tx, id: string): void {
  tx.run("update flow_run_notification_queue set claimed_until = null where id = ?", id);
}

export function removeNotification(tx: Tx, id: string): void {
  tx.run("delete from flow_run_notification_queue where id = ?", id);
}
