// Work pools in the database. A pool is made together with its queue `default`.

import { readJson, writeBool, writeJson } from "#db/codecs.ts";
import type { Reader, Tx } from "#db/connect.ts";
import { insertRow, updateRow } from "#db/rows.ts";
import { condition } from "#db/sql.ts";
import { type Clock, timestampNow } from "#lib/clock.ts";
import { OrchError } from "#lib/errors.ts";
import { newId } from "#lib/ids.ts";
import type { JsonObject } from "#lib/json.ts";
import type { WorkPoolFilter } from "#wire/filters.ts";
import { DEFAULT_POOL, type WorkPool, type WorkPoolCreate, type WorkPoolUpdate } from "#wire/pools/work-pools.ts";
import type { WorkQueue } from "#wire/pools/work-queues.ts";
import { workPoolConditions } from "../kernel/filters.ts";
import { type Page, rowsOfPage } from "../kernel/paging.ts";
import { insertQueue, rankQueue, readQueue, readQueueByName } from "../work-queues/store.ts";

const COLUMNS =
  "id, created, updated, name, description, type, base_job_template, is_paused, concurrency_limit, default_queue_id";

type Row = Omit<WorkPool, "is_paused" | "base_job_template"> & { is_paused: number; base_job_template: string };

function poolOf(row: Row): WorkPool {
  const base_job_template = readJson<JsonObject>(row.base_job_template);
  return { ...row, is_paused: row.is_paused === 1, base_job_template };
}

export function readPool(q: Reader, name: string): WorkPool | undefined {
  const row = q.get<Row>(`select ${COLUMNS} from work_pool where name = ?`, name);
  return row && poolOf(row);
}

export function listPools(q: Reader, filter: WorkPoolFilter | null, { limit, offset }: Page): WorkPool[] {
  const where = filter ? workPoolConditions(filter) : undefined;
  const sql = `select ${COLUMNS} from work_pool where ${where?.sql ?? "1 = 1"} order by name limit ? offset ?`;
  const rows = q.each<Row>(sql, ...(where?.params ?? []), limit, offset);
  return rowsOfPage(rows, ["name", "description", "base_job_template"]).map(poolOf);
}

/** Throws the database's unique violation for a name that is taken. */
export function insertPool(tx: Tx, clock: Clock, given: Partial<WorkPoolCreate> & { name: string }): WorkPool {
  const id = newId();
  const now = timestampNow(clock);
  insertRow(tx, "work_pool", {
    ...{ id, created: now, updated: now, name: given.name, description: given.description ?? null },
    type: given.type ?? "prefect-agent",
    base_job_template: writeJson(given.base_job_template ?? {}),
    is_paused: writeBool(given.is_paused ?? false),
    concurrency_limit: given.concurrency_limit ?? null,
  });
  const queue = insertQueue(tx, clock, id, { name: "default", description: "The work pool's default queue." });
  tx.run("update work_pool set default_queue_id = ? where id = ?", queue.id, id);
  const pool = readPool(tx, given.name);
  if (!pool) throw new Error(`work pool '${given.name}' was not stored`);
  return pool;
}

/** Changes what was sent. */
export function updatePool(tx: Tx, clock: Clock, name: string, update: WorkPoolUpdate): boolean {
  const { description, is_paused, base_job_template, concurrency_limit } = update;
  const changes = {
    ...{ updated: timestampNow(clock), description, concurrency_limit },
    is_paused: is_paused === undefined ? undefined : writeBool(is_paused),
    base_job_template: base_job_template && writeJson(base_job_template),
  };
  return updateRow(tx, "work_pool", changes, condition("name = ?", name));
}

export function deletePool(tx: Tx, name: string): boolean {
  // The default queue may not go while its pool points at it.
  tx.run("update work_pool set default_queue_id = null where name = ?", name);
  return tx.run("delete from work_pool where name = ?", name) > 0;
}

/** The pool of queues that name none; made when it is first needed. */
export function defaultPool(tx: Tx, clock: Clock): WorkPool {
  return readPool(tx, DEFAULT_POOL) ?? insertPool(tx, clock, { name: DEFAULT_POOL });
}

/**
 * The queue that a pool's name and a queue's name stand for, made if it is missing: a pool alone means its default
 * queue, a queue alone is in the default pool, neither means none. Throws `not_found` for an unknown pool.
 */
export function resolveQueue(
  tx: Tx,
  clock: Clock,
  { work_pool_name, work_queue_name }: { work_pool_name?: string | null; work_queue_name?: string | null },
): WorkQueue | undefined {
  if (!work_pool_name && !work_queue_name) return undefined;
  const name = work_pool_name || DEFAULT_POOL;
  const known = readPool(tx, name);
  if (!known && name !== DEFAULT_POOL) throw new OrchError("not_found", `Work pool "${name}" not found.`);
  const pool = known ?? defaultPool(tx, clock);
  if (!work_queue_name) return readQueue(tx, pool.default_queue_id);
  const queue = readQueueByName(tx, pool.id, work_queue_name);
  if (queue) return queue;
  // Its first name stays good for the default queue when it has another by now.
  if (!work_pool_name && work_queue_name === "default") return readQueue(tx, pool.default_queue_id);
  const made = insertQueue(tx, clock, pool.id, { name: work_queue_name });
  // A queue that is named alone comes first in a pool that is there already, as on the old server.
  if (!work_pool_name && known) rankQueue(tx, pool.id, made.id, 1);
  return readQueue(tx, made.id);
}
