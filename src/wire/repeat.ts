// Says of an endpoint what happens when one call arrives twice: its answer was lost and the client asks again, or something
// on the way sent it twice, at once or much later.

/** A repeat does no harm, and why: no key is needed. */
export interface Harmless {
  by: "nature";
  because: string;
}

/** The server recognizes a repeat by its key, and answers it with what it answered first. */
export interface Keyed {
  by: "key";
  /**
   * Where the record of the answer is read again: a path, with fields of the record in braces. So no record is kept twice,
   * however large. Without it the answer is remembered whole: it is small.
   */
  record?: string;
  /** The record is in this field of the answer; the rest is remembered. */
  field?: string;
  /** Remembered also when nothing in the database was changed. */
  acts?: boolean;
}

export type Repeat = Harmless | Keyed;

/**
 * Names one call, however often it is sent: 200 characters at most. The server remembers it for a day, for the method and
 * path it came with. Prefect's clients send none.
 */
export const IDEMPOTENCY_HEADER = "idempotency-key";

/** Filters, counts, and calls that wait for something. */
export const READS: Repeat = harmless("It changes nothing.");

/** Every change that is not named otherwise: also one that could be made twice now must not come back an hour later. */
export const KEYED: Repeat = { by: "key" };

/** A call that does something which is not in the database, or empties it, or whose answer is no record: it is remembered whole. */
export const ACTS: Repeat = { by: "key", acts: true };

/** A call that makes a record and answers with it. */
export function creates(record: string): Repeat {
  return { by: "key", record };
}

export function harmless(because: string): Repeat {
  return { by: "nature", because };
}

/** A proposal of a state: the verdict is remembered, the state that was stored is read again. */
export function proposes(kind: "flow" | "task"): Repeat {
  return { by: "key", record: `/${kind}_run_states/{id}`, field: "state" };
}
