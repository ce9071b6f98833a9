// Overlap and catch-up policies in the database. Most deployments have none: a small index holds those that do, so that all others
// cost one look into it.
import type { Reader, Tx } from "#db/connect.ts";
import { ALWAYS, type Condition, condition, inList } from "#db/sql.ts";
import type { Timestamp } from "#lib/time/timestamps.ts";
import {
  type Catchup,
  DEFAULT_RUN_POLICY,
  type Overlap,
  type RunPolicy,
  type RunPolicyChange,
} from "#wire/runs/run-policies.ts";
import { waitingInItsProcess } from "../heartbeats/store.ts";

/** A condition on `d`, in the words of the index. */
const HAS_POLICY = "(d.overlap <> 'allow' or d.catchup <> 'all')";
const WITH_POLICY = "deployment d indexed by deployment_run_policy";

interface Row {
  overlap: Overlap;
  catchup: "all" | "last" | "none" | "within";
  catchup_seconds: number | null;
}

function policyOf({ overlap, catchup, catchup_seconds }: Row): RunPolicy {
  return { overlap, catchup: catchupOf({ catchup, catchup_seconds }) };
}

export function catchupOf({ catchup, catchup_seconds }: Omit<Row, "overlap">): Catchup {
  return catchup === "within" ? { within: catchup_seconds ?? 0 } : catchup;
}

/** `undefined` where every run starts. */
export function readRunPolicy(q: Reader, deploymentId: string): RunPolicy | undefined {
  const sql = `select d.overlap, d.catchup, d.catchup_seconds from ${WITH_POLICY} where d.id = ? and ${HAS_POLICY}`;
  const row = q.get<Row>(sql, deploymentId);
  return row && policyOf(row);
}

export function listRunPolicies(q: Reader, ids: readonly string[]): (RunPolicy & { deployment_id: string })[] {
  const wanted = inList("id", ids);
  const sql = `select id, overlap, catchup, catchup_seconds from deployment where ${wanted.sql}`;
  return q
    .all<Row & { id: string }>(sql, ...wanted.params)
    .map(({ id, ...row }) => ({ deployment_id: id, ...policyOf(row) }));
}

/** Changes what is given. From here on the scheduler knows what it misses: what lies ahead already was not missed. */
export function writeRunPolicy(tx: Tx, now: Timestamp, id: string, change: RunPolicyChange): void {
  const before = readRunPolicy(tx, id) ?? DEFAULT_RUN_POLICY;
  const { overlap = before.overlap, catchup = before.catchup } = change;
  const isWithin = typeof catchup === "object";
  tx.run(
    `update deployment set overlap = ?, catchup = ?, catchup_seconds = ?, scheduled_until = coalesce(scheduled_until,
       (select max(next_scheduled_start_time) from flow_run
        where deployment_id = deployment.id and state_type = 'SCHEDULED' and auto_scheduled = 1 and run_count = 0), ?)
     where id = ?`,
    ...[overlap, isWithin ? "within" : catchup, isWithin ? catchup.within : null, now, id],
  );
}

/** Nothing is missed of a schedule that is new, or was switched off. */
export function forgetMissed(tx: Tx, id: string): void {
  tx.run("update deployment set scheduled_until = null where id = ? and scheduled_until is not null", id);
}

/** A condition on another run, `other`, that keeps one from starting: it has a process, is to have one again, or is paused. */
const UNDER_WAY = `(other.state_type in ('PENDING', 'RUNNING', 'PAUSED', 'CANCELLING')
  or (other.state_type = 'SCHEDULED' and ${waitingInItsProcess("other")}))`;

/**
 * A condition on `other`: it is not a run that waits for this one. A deployment may run itself as a subflow; the subflow would
 * otherwise wait for its own parent, skip itself, or cancel it.
 */
const notAbove = (run: string) => `other.id not in (with recursive above (id) as (
    select flow_run_id from task_run where id = ${run}.parent_task_run_id
    union select task_run.flow_run_id from above join flow_run up on up.id = above.id
      join task_run on task_run.id = up.parent_task_run_id) select id from above)`;

const HAS_ITS_TURN = condition(`not exists (select 1 from ${WITH_POLICY}
  where d.id = flow_run.deployment_id and ${HAS_POLICY} and d.overlap <> 'allow'
    and exists (select 1 from flow_run other
      where other.deployment_id = d.id and other.id <> flow_run.id and ${UNDER_WAY}
        and (flow_run.parent_task_run_id is null or ${notAbove("flow_run")})))`);

/**
 * A condition on `flow_run`: no other run of its deployment keeps it from starting. Agents are not offered it before. It costs
 * 5 µs a run, so it is asked only where some deployment has a policy.
 */
export function hasItsTurn(q: Reader): Condition {
  const sql = `select 1 from ${WITH_POLICY} where ${HAS_POLICY} limit 1`;
  return q.get(sql) === undefined ? ALWAYS : HAS_ITS_TURN;
}

export interface OtherRun {
  id: string;
  name: string;
  state_type: string;
  expected_start_time: Timestamp;
}

/** Runs of the deployment that are under way, besides one and those that have started it as a subflow. */
export function othersUnderWay(q: Reader, deploymentId: string, runId: string): OtherRun[] {
  const sql = `select other.id, other.name, other.state_type, other.expected_start_time from flow_run other join flow_run run on run.id = ?
    where other.deployment_id = ? and other.id <> run.id and ${UNDER_WAY}
      and (run.parent_task_run_id is null or ${notAbove("run")}) order by other.id`;
  return q.all<OtherRun>(sql, runId, deploymentId);
}

/** The newest run that is due, later than another, and has not begun. */
export function newerDueRun(
  q: Reader,
  deploymentId: string,
  { due, id }: { due: Timestamp; id: string },
  { now, autoScheduled }: { now: Timestamp; autoScheduled: boolean },
): { name: string } | undefined {
  const sql = `select name from flow_run where deployment_id = ? and state_type = 'SCHEDULED' and run_count = 0
      and next_scheduled_start_time <= ? and (next_scheduled_start_time, id) > (?, ?) and auto_scheduled >= ?
    order by next_scheduled_start_time desc, id desc limit 1`;
  return q.get(sql, deploymentId, now, due, id, autoScheduled ? 1 : 0);
}

/** Deployments with a policy, by id. */
export function deploymentsWithPolicy(q: Reader, after: string, limit: number): string[] {
  const sql = `select d.id from ${WITH_POLICY} where d.id > ? and ${HAS_POLICY} order by d.id limit ?`;
  return q.all<{ id: string }>(sql, after, limit).map(({ id }) => id);
}

/** Its runs that are due and wait for a decision: those that wait for their turn, and may wait forever, have theirs. */
export function undecidedRuns(q: Reader, deploymentId: string, now: Timestamp, limit: number): string[] {
  const sql = `select flow_run.id from flow_run join deployment d on d.id = flow_run.deployment_id
    where flow_run.deployment_id = ? and flow_run.state_type = 'SCHEDULED' and flow_run.next_scheduled_start_time <= ?
      and not (flow_run.state_name = '${WAITING}' and d.overlap = 'wait' and d.catchup = 'all')
    order by flow_run.next_scheduled_start_time limit ?`;
  return q.all<{ id: string }>(sql, deploymentId, now, limit).map(({ id }) => id);
}

/** When the deployment's next run becomes due. */
export function nextDueOf(q: Reader, deploymentId: string, now: Timestamp): Timestamp | undefined {
  const sql = `select next_scheduled_start_time as due from flow_run
    where deployment_id = ? and state_type = 'SCHEDULED' and next_scheduled_start_time > ?
    order by next_scheduled_start_time limit 1`;
  return q.get<{ due: Timestamp }>(sql, deploymentId, now)?.due;
}

export function isWaiting(q: Reader, id: string): boolean {
  return q.get("select 1 from flow_run where id = ? and state_name = ?", id, WAITING) !== undefined;
}

/** The name of the state of a run that waits for its turn, as in later releases of Prefect. */
export const WAITING = "AwaitingConcurrencySlot";
