// Limits with a name, in the database. Slots come back by themselves at a limit's rate; that is worked out at each look.
import { writeBool } from "#db/codecs.ts";
import type { Reader, SqlValue, Tx } from "#db/connect.ts";
import { inList } from "#db/sql.ts";
import { newId } from "#lib/ids.ts";
import { type Timestamp, toMillis, toTimestamp } from "#lib/time/timestamps.ts";
import type {
  GlobalConcurrencyLimit,
  GlobalConcurrencyLimitCreate,
  GlobalConcurrencyLimitUpdate,
} from "#wire/pools/global-concurrency-limits.ts";
import type { Page } from "../kernel/paging.ts";

const COLUMNS = `id, created, updated, active, name, "limit", active_slots, denied_slots, slot_decay_per_second,
  avg_slot_occupancy_seconds`;

type Row = Omit<GlobalConcurrencyLimit, "active"> & { active: number };

/** As of now. Denied slots are forgotten as quickly as slots come free: they only tell how long to wait. */
function limitOf(row: Row, now: Timestamp): GlobalConcurrencyLimit {
  const seconds = secondsSince(row.updated, now);
  const rate = row.slot_decay_per_second;
  const freed = Math.floor(rate * seconds);
  const forgotten = Math.floor((rate > 0 ? rate : 1 / row.avg_slot_occupancy_seconds) * seconds);
  return {
    ...row,
    active: row.active === 1,
    active_slots: Math.max(row.active_slots - freed, 0),
    denied_slots: Math.max(row.denied_slots - forgotten, 0),
  };
}

function secondsSince(then: Timestamp, now: Timestamp): number {
  return Math.max((toMillis(now) - toMillis(then)) / 1000, 0);
}

/**
 * The moment that a change is written down with: of the last slot that came back, so that the next one is not put off,
 * however often clients ask in vain.
 */
function settledAt({ updated, slot_decay_per_second: rate, active_slots }: Row, now: Timestamp): Timestamp {
  const freed = Math.floor(rate * secondsSince(updated, now));
  if (rate === 0 || freed >= active_slots) return now;
  return toTimestamp(toMillis(updated) + (freed / rate) * 1000);
}

/** By its id or its name. */
export function readLimit(q: Reader, idOrName: string, now: Timestamp): GlobalConcurrencyLimit | undefined {
  const sql = `select ${COLUMNS} from global_concurrency_limit where id = ? or name = ? order by id = ? desc limit 1`;
  const row = q.get<Row>(sql, idOrName, idOrName, idOrName);
  return row && limitOf(row, now);
}

/** Those there are of the names, in their order. */
export function readLimits(q: Reader, names: readonly string[], now: Timestamp): GlobalConcurrencyLimit[] {
  const where = inList("name", names);
  const sql = `select ${COLUMNS} from global_concurrency_limit where ${where.sql} order by name`;
  return q.all<Row>(sql, ...where.params).map((row) => limitOf(row, now));
}

export function listLimits(q: Reader, { limit, offset }: Page, now: Timestamp): GlobalConcurrencyLimit[] {
  const sql = `select ${COLUMNS} from global_concurrency_limit order by name limit ? offset ?`;
  return q.all<Row>(sql, limit, offset).map((row) => limitOf(row, now));
}

/** Seconds that a slot is held on average, before any was given back. */
const FIRST_GUESS = 2;

/** Throws the database's unique violation for a name that is taken. */
export function insertLimit(tx: Tx, now: Timestamp, given: GlobalConcurrencyLimitCreate): void {
  const { name, limit, active, active_slots, denied_slots, slot_decay_per_second } = given;
  tx.run(
    `insert into global_concurrency_limit (${COLUMNS}) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ...[newId(), now, now, writeBool(active), name, limit],
    ...[active_slots, denied_slots, slot_decay_per_second, FIRST_GUESS],
  );
}

export function updateLimit(
  tx: Tx,
  now: Timestamp,
  id: string,
  update: Partial<GlobalConcurrencyLimitUpdate & { avg_slot_occupancy_seconds: number }>,
): void {
  const row = tx.get<Row>(`select ${COLUMNS} from global_concurrency_limit where id = ?`, id);
  if (!row) return;
  // What came back until now is written down, as the time of the last change moves.
  const { active_slots, denied_slots } = limitOf(row, now);
  const given = Object.entries(update).filter(([, value]) => value !== null && value !== undefined);
  const values: Record<string, SqlValue> = { active_slots, denied_slots };
  for (const [column, value] of given) values[column] = typeof value === "boolean" ? writeBool(value) : value;
  const columns = Object.keys(values).map((column) => `"${column}" = ?`);
  const sql = `update global_concurrency_limit set ${columns.join(", ")}, updated = ? where id = ?`;
  tx.run(sql, ...Object.values(values), settledAt(row, now), id);
}

export function deleteLimit(tx: Tx, id: string): void {
  tx.run("delete from global_concurrency_limit where id = ?", id);
}
