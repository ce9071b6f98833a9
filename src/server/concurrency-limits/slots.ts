// Taking and giving back the slots of tags. Exact: a unit of work cannot be interleaved by another.

import { readOwnJson, writeJson } from "#db/codecs.ts";
import type { Reader, Tx } from "#db/connect.ts";
import { inList } from "#db/sql.ts";
import { type Clock, timestampNow } from "#lib/clock.ts";

interface Limit {
  id: string;
  tag: string;
  concurrency_limit: number;
  active_slots: string;
}

/** In order of the tags' names, so that all takers ask in the same order. */
function limitsOf(tx: Reader, tags: readonly string[]): Limit[] {
  if (tags.length === 0) return [];
  const where = inList("tag", tags);
  const sql = `select id, tag, concurrency_limit, active_slots from concurrency_limit where ${where.sql} order by tag`;
  return tx.all<Limit>(sql, ...where.params);
}

/** Is no event of the limit: the one of the task run tells of it. */
function writeSlots(tx: Tx, clock: Clock, limit: Limit, slots: readonly string[]): void {
  const sql = "update concurrency_limit set active_slots = ?, updated = ? where id = ?";
  tx.run(sql, writeJson(slots), timestampNow(clock), limit.id);
}

/** Takes a slot of every limited tag, or none: then it names the tag that is full. */
export function takeSlots(
  tx: Tx,
  clock: Clock,
  tags: readonly string[],
  taskRunId: string,
): { tag: string; limit: number } | undefined {
  const limits = limitsOf(tx, tags);
  // A run that holds a slot of a full limit waits too, as on the old server.
  const full = limits.find(hasNoSlot);
  if (full) return { tag: full.tag, limit: full.concurrency_limit };
  for (const limit of limits) {
    const slots = new Set(readOwnJson<string[]>(limit.active_slots)).add(taskRunId);
    writeSlots(tx, clock, limit, [...slots]);
  }
  return undefined;
}

function hasNoSlot(limit: Limit): boolean {
  return readOwnJson<string[]>(limit.active_slots).length >= limit.concurrency_limit;
}

/** Whether a run with these tags would have to wait. */
export function isFull(q: Reader, tags: readonly string[]): boolean {
  return limitsOf(q, tags).some(hasNoSlot);
}

/** True when there was something to give back. */
export function releaseSlots(tx: Tx, clock: Clock, tags: readonly string[], taskRunId: string): boolean {
  let released = false;
  for (const limit of limitsOf(tx, tags)) {
    const slots = readOwnJson<string[]>(limit.active_slots);
    const left = slots.filter((slot) => slot !== taskRunId);
    if (left.length === slots.length) continue;
    writeSlots(tx, clock, limit, left);
    released = true;
  }
  return released;
}
