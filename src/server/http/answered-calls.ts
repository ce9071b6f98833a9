// Stores which calls were answered, and how: the row is written in the transaction of the work.
import type { Tx } from "#db/connect.ts";
import type { Timestamp } from "#lib/time/timestamps.ts";

export interface Answered {
  fingerprint: string;
  status: number;
  /** JSON. Null where the answer is the record, or empty. */
  body: string | null;
  /** The path at which the record of the answer is read. */
  record: string | null;
}

export function findAnswered(tx: Tx, key: string): Answered | undefined {
  return tx.get<Answered>("select fingerprint, status, body, record from idempotency_key where key = ?", key);
}

/** In the place of what was remembered for the key before. */
export function rememberAnswer(
  tx: Tx,
  key: string,
  now: Timestamp,
  { fingerprint, status, body, record }: Answered,
): void {
  tx.run(
    `insert into idempotency_key (key, fingerprint, created, status, body, record) values (?, ?, ?, ?, ?, ?)
     on conflict (key) do update set status = excluded.status, body = excluded.body, record = excluded.record`,
    ...[key, fingerprint, now, status, body, record],
  );
}

/** Rows are in order of arrival: the search ends at the first that is young enough. */
export function forgetAnswers(tx: Tx, before: Timestamp, limit: number): number {
  const oldest = "select position, created from idempotency_key order by position limit ?";
  return tx.run(
    `delete from idempotency_key where position in (select position from (${oldest}) where created < ?)`,
    ...[limit, before],
  );
}
