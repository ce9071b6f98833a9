// Reads which records were deleted after a position. Triggers of the database note each, see `0011_deletions.sql`.
import type { Reader } from "#db/connect.ts";
import type { RecordEventName } from "#wire/events.ts";
import type { ListenerEvent } from "./store.ts";

interface Row {
  position: number;
  /** `everything` when the database was emptied. */
  kind: RecordEventName | "everything";
  id: string;
}

/** In the order of their deletion, which is the order of the commits too. */
export function deletionsAfter(
  q: Reader,
  position: number,
  limit: number,
): { position: number; event: ListenerEvent }[] {
  const sql = "select position, kind, id from deletion where position > ? order by position limit ?";
  return q.all<Row>(sql, position, limit).map((row) => ({ position: row.position, event: eventOf(row) }));
}

function eventOf({ kind, id }: Row): ListenerEvent {
  if (kind === "everything") return { name: "reset", data: { reason: "The database was emptied." } };
  return { name: kind, data: { change: "deleted", id } } as ListenerEvent; // every kind says so what is gone
}

/** The position of the last one; 0 when there is none. */
export function newestDeletion(q: Reader): number {
  return q.get<{ n: number | null }>("select max(position) as n from deletion")?.n ?? 0;
}

/** The position before those of the last so many milliseconds, by the clock of the database. */
export function deletionBefore(q: Reader, millis: number): number {
  const since = "cast(unixepoch('subsec') * 1000 as integer) - ?";
  const older = q.get<{ n: number }>(
    `select position as n from deletion where at < ${since} order by position desc limit 1`,
    millis,
  );
  return older?.n ?? positionBeforeAll(q);
}

/** Whether all that were deleted after this position are still known. */
export function hasDeletionsAfter(q: Reader, position: number): boolean {
  return position >= positionBeforeAll(q) && position <= newestDeletion(q);
}

function positionBeforeAll(q: Reader): number {
  return (q.get<{ n: number | null }>("select min(position) as n from deletion")?.n ?? 1) - 1;
}
