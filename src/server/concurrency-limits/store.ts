// Concurrency limits of tags in the database.

import { readOwnJson, writeJson } from "#db/codecs.ts";
import type { Reader, Tx } from "#db/connect.ts";
import { type Clock, timestampNow } from "#lib/clock.ts";
import { newId } from "#lib/ids.ts";
import type { ConcurrencyLimit } from "#wire/pools/concurrency-limits.ts";
import type { Page } from "../kernel/paging.ts";

const COLUMNS = "id, created, updated, tag, concurrency_limit, active_slots";

type Row = Omit<ConcurrencyLimit, "active_slots"> & { active_slots: string };

function limitOf(row: Row): ConcurrencyLimit {
  return { ...row, active_slots: readOwnJson<string[]>(row.active_slots) };
}

export function readLimit(q: Reader, id: string): ConcurrencyLimit | undefined {
  const row = q.get<Row>(`select ${COLUMNS} from concurrency_limit where id = ?`, id);
  return row && limitOf(row);
}

export function readLimitByTag(q: Reader, tag: string): ConcurrencyLimit | undefined {
  const row = q.get<Row>(`select ${COLUMNS} from concurrency_limit where tag = ?`, tag);
  return row && limitOf(row);
}

export function listLimits(q: Reader, { limit, offset }: Page): ConcurrencyLimit[] {
  const sql = `select ${COLUMNS} from concurrency_limit order by tag limit ? offset ?`;
  return q.all<Row>(sql, limit, offset).map(limitOf);
}

/** Slots that are taken stay taken when a limit changes. */
export function upsertLimit(tx: Tx, clock: Clock, tag: string, limit: number): ConcurrencyLimit {
  const now = timestampNow(clock);
  tx.run(
    `insert into concurrency_limit (id, created, updated, changed, tag, concurrency_limit) values (?, ?, ?, ?, ?, ?)
     on conflict (tag) do update set concurrency_limit = excluded.concurrency_limit, updated = excluded.updated,
       changed = excluded.changed`,
    ...[newId(), now, now, now, tag, limit],
  );
  const stored = readLimitByTag(tx, tag);
  if (!stored) throw new Error(`the limit of tag '${tag}' was not stored`);
  return stored;
}

export function resetLimit(tx: Tx, clock: Clock, tag: string, slots: readonly string[]): boolean {
  const sql = "update concurrency_limit set active_slots = ?, updated = ?, changed = ? where tag = ?";
  const now = timestampNow(clock);
  return tx.run(sql, writeJson(slots), now, now, tag) > 0;
}

export function deleteLimit(tx: Tx, by: "id" | "tag", value: string): boolean {
  return tx.run(`delete from concurrency_limit where ${by} = ?`, value) > 0;
}
