// Work queues in the database. Every queue belongs to a pool; the flat routes mean the default pool.

import { readJson, writeBool, writeJsonOrNull } from "#db/codecs.ts";
import type { Reader, SqlValue, Tx } from "#db/connect.ts";
import { updateRow } from "#db/rows.ts";
import { ALWAYS, all, type Condition, condition } from "#db/sql.ts";
import { type Clock, timestampNow } from "#lib/clock.ts";
import { OrchError } from "#lib/errors.ts";
import { newId } from "#lib/ids.ts";
import type { JsonObject } from "#lib/json.ts";
import { AGENT_SILENCE_MS } from "#lib/time/agent-silence.ts";
import { toTimestamp } from "#lib/time/timestamps.ts";
import type { WorkQueueFilter } from "#wire/filters.ts";
import { DEFAULT_POOL } from "#wire/pools/work-pools.ts";
import type { WorkQueue, WorkQueueCreate, WorkQueueUpdate } from "#wire/pools/work-queues.ts";
import { workQueueConditions } from "../kernel/filters.ts";
import { type Page, rowsOfPage } from "../kernel/paging.ts";

const COLUMNS = `work_queue.id, work_queue.created, work_queue.updated, work_queue.name, work_queue.description,
  work_queue.is_paused, work_queue.concurrency_limit, work_queue.priority, work_queue.work_pool_id, work_queue.filter,
  work_queue.last_polled`;

type Row = Omit<WorkQueue, "is_paused" | "filter"> & { is_paused: number; filter: string | null };

/** Older versions stored what was sent. */
const NO_FILTER = { tags: null, deployment_ids: null };

function queueOf(row: Row): WorkQueue {
  return {
    ...row,
    is_paused: row.is_paused === 1,
    filter: row.filter === null ? null : { ...NO_FILTER, ...readJson<JsonObject>(row.filter) }, // written from this very type
  };
}

function readWhere(q: Reader, where: string, ...params: SqlValue[]): WorkQueue | undefined {
  const row = q.get<Row>(`select ${COLUMNS} from work_queue where ${where}`, ...params);
  return row && queueOf(row);
}

export function readQueue(q: Reader, id: string): WorkQueue | undefined {
  return readWhere(q, "work_queue.id = ?", id);
}

export function readQueueByName(q: Reader, poolId: string, name: string): WorkQueue | undefined {
  return readWhere(q, "work_queue.work_pool_id = ? and work_queue.name = ?", poolId, name);
}

/** By name, or by priority within a pool. */
export function listQueues(
  q: Reader,
  filter: WorkQueueFilter | null,
  { limit, offset }: Page,
  poolId?: string,
): WorkQueue[] {
  const where: Condition = all([
    filter ? workQueueConditions(filter) : ALWAYS,
    ...(poolId ? [condition("work_queue.work_pool_id = ?", poolId)] : []),
  ]);
  const order = poolId ? "work_queue.priority, work_queue.created" : "work_queue.name";
  const sql = `select ${COLUMNS} from work_queue where ${where.sql} order by ${order} limit ? offset ?`;
  return rowsOfPage(q.each<Row>(sql, ...where.params, limit, offset), ["name", "description", "filter"]).map(queueOf);
}

/** Throws the database's unique violation for a name that is taken in the pool. */
export function insertQueue(
  tx: Tx,
  clock: Clock,
  poolId: string,
  given: Partial<WorkQueueCreate> & { name: string },
): WorkQueue {
  const id = newId();
  const now = timestampNow(clock);
  tx.run(
    `insert into work_queue (id, created, updated, name, description, is_paused, concurrency_limit, priority,
       work_pool_id, filter)
     values (?, ?, ?, ?, ?, ?, ?, (select coalesce(max(priority), 0) + 1 from work_queue where work_pool_id = ?), ?, ?)`,
    ...[id, now, now, given.name, given.description ?? "", writeBool(given.is_paused ?? false)],
    ...[given.concurrency_limit ?? null, poolId, poolId, writeJsonOrNull(given.filter)],
  );
  const queue = readQueue(tx, id);
  if (!queue) throw new Error(`work queue ${id} was not stored`);
  adoptOrphans(tx, queue);
  return queue;
}

/**
 * Deployments that name a queue which was deleted, and their scheduled runs, belong to the new one of that name in the
 * default pool. The old server found them by the name alone.
 */
function adoptOrphans(tx: Tx, { id, name, work_pool_id }: WorkQueue): void {
  const pool = tx.get<{ name: string }>("select name from work_pool where id = ?", work_pool_id);
  if (pool?.name !== DEFAULT_POOL) return;
  const orphaned = "work_queue_id is null and work_queue_name = ?";
  tx.run(`update deployment set work_queue_id = ? where ${orphaned}`, id, name);
  tx.run(`update flow_run set work_queue_id = ? where state_type = 'SCHEDULED' and ${orphaned}`, id, name);
}

/** Changes what was sent; `priority` is only a number here, `rankQueue` moves the others. */
export function updateQueue(tx: Tx, clock: Clock, id: string, update: WorkQueueUpdate): boolean {
  const { is_paused, filter, name, description, concurrency_limit, priority, last_polled } = update;
  const changes = {
    ...{ updated: timestampNow(clock), name, description, concurrency_limit, priority, last_polled },
    is_paused: is_paused === undefined ? undefined : writeBool(is_paused),
    filter: filter === undefined ? undefined : writeJsonOrNull(filter),
  };
  return updateRow(tx, "work_queue", changes, condition("id = ?", id));
}

/** Puts a queue at a rank of its pool and numbers all queues 1, 2, 3, … */
export function rankQueue(tx: Tx, poolId: string, id: string, rank: number): void {
  const others = queueIds(tx, poolId).filter((other) => other !== id);
  others.splice(rank - 1, 0, id);
  numberQueues(tx, others);
}

/** Closes the gap that a deleted queue leaves. */
export function renumberQueues(tx: Tx, poolId: string): void {
  numberQueues(tx, queueIds(tx, poolId));
}

function queueIds(q: Reader, poolId: string): string[] {
  const sql = "select id from work_queue where work_pool_id = ? order by priority, created";
  return q.all<{ id: string }>(sql, poolId).map(({ id }) => id);
}

function numberQueues(tx: Tx, ids: readonly string[]): void {
  const sql = "update work_queue set priority = ? where id = ? and priority <> ?";
  for (const [index, id] of ids.entries()) tx.run(sql, index + 1, id, index + 1);
}

/** Throws `conflict` for the default queue of a pool: it goes with its pool. */
export function deleteQueue(tx: Tx, id: string): boolean {
  const pool = tx.get<{ name: string }>("select name from work_pool where default_queue_id = ?", id);
  if (pool) throw new OrchError("conflict", `The default queue of work pool '${pool.name}' cannot be deleted.`);
  return tx.run("delete from work_queue where id = ?", id) > 0;
}

/**
 * Records that a client asked these queues for work. Returns whether one of them had no agent before: only such a poll is
 * published as an event, as there may be many polls a second.
 */
export function touchQueues(tx: Tx, clock: Clock, ids: readonly string[]): boolean {
  const now = timestampNow(clock);
  const silent = toTimestamp(clock.now() - AGENT_SILENCE_MS);
  let isNews = false;
  for (const id of ids) {
    const sql = "update work_queue set updated = ? where id = ? and (last_polled is null or last_polled < ?)";
    isNews = tx.run(sql, now, id, silent) > 0 || isNews;
    tx.run("update work_queue set last_polled = ? where id = ?", now, id);
  }
  return isNews;
}

/** A queue that went meanwhile has no agents. */
export function upsertAgent(tx: Tx, clock: Clock, id: string, queueId: string): void {
  tx.run(
    `insert into agent (id, name, work_queue_id, last_activity_time)
     select ?, ?, work_queue.id, ? from work_queue where work_queue.id = ?
     on conflict (id) do update set work_queue_id = excluded.work_queue_id,
       last_activity_time = excluded.last_activity_time`,
    ...[id, `agent-${id}`, timestampNow(clock), queueId],
  );
}
