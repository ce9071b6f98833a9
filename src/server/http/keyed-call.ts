// Makes the writes of one call with an idempotency key: the first call does the work and remembers its answer in the same
// transaction, a repeat does nothing and gets that answer. Two at the same time are two units of work, one after the other.
import type { Database, Tx } from "#db/connect.ts";
import { type Clock, timestampNow } from "#lib/clock.ts";
import { isObject } from "#lib/json.ts";
import { pathPart } from "#lib/text/path-part.ts";
import type { Endpoint } from "#wire/endpoint.ts";
import { IDEMPOTENCY_HEADER, type Keyed } from "#wire/repeat.ts";
import { type Answered, findAnswered, rememberAnswer } from "./answered-calls.ts";
import { ProblemError } from "./problem.ts";
import { Reply } from "./route.ts";

export type Write = Database["write"];

/** Thrown out of the work of a repeat. */
export class RepeatedCall extends Error {
  readonly answer: Answered;

  constructor(answer: Answered) {
    super("The call was answered before.");
    this.answer = answer;
  }
}

export interface CallOfRoute {
  endpoint: Endpoint;
  headers: Headers;
  /** Of the request's URL. */
  pathname: string;
  search: string;
  /** The body. */
  text: string;
}

const LONGEST_KEY = 200;
const OTHER_CALL =
  "This idempotency key came with another body before. Send a new key with each call, and repeat a call unchanged.";

/**
 * `write` for the handler of a call. Without a key, and for calls that need none, it is the database's own.
 * Throws a ProblemError of status 422 for a key that is empty, too long, or of another call; RepeatedCall out of `write`.
 */
export function writeOf(db: Database, clock: Clock, call: CallOfRoute): Write {
  const { repeat, statuses, method } = call.endpoint;
  const given = repeat.by === "key" ? call.headers.get(IDEMPOTENCY_HEADER) : null;
  if (given === null || repeat.by !== "key") return db.write;
  if (given === "" || given.length > LONGEST_KEY) {
    const detail = `The header '${IDEMPOTENCY_HEADER}' has ${given.length} characters: send 1 to ${LONGEST_KEY}, or leave it out.`;
    throw new ProblemError(422, { detail });
  }
  const key = `${given} ${Bun.hash(`${method} ${call.pathname}`).toString(36)}`;
  const fingerprint = Bun.hash(call.search === "" ? call.text : `${call.search}\n${call.text}`).toString(36);
  let isOurs = false;

  return (work) =>
    db.write((tx) => {
      const known = isOurs ? undefined : findAnswered(tx, key);
      if (known && known.fingerprint !== fingerprint) throw new ProblemError(422, { detail: OTHER_CALL });
      if (known) throw new RepeatedCall(known);
      const counted = countingChanges(tx);
      const result = work(counted.tx);
      if (repeat.acts || counted.changes() > 0) {
        isOurs = true;
        const now = timestampNow(clock);
        rememberAnswer(tx, key, now, { fingerprint, ...answerOf(repeat, statuses[0] ?? 200, result) });
      }
      return result;
    });
}

/** What was not changed need not be remembered: to do nothing once more is the same, and costs no write to the disk. */
function countingChanges(tx: Tx): { tx: Tx; changes(): number } {
  let changes = 0;
  return {
    tx: {
      ...tx,
      run(sql, ...params) {
        const changed = tx.run(sql, ...params);
        changes += changed;
        return changed;
      },
    },
    changes: () => changes,
  };
}

/** What the work returns is what the call is answered with; of calls whose answer is empty it may be anything. */
function answerOf(
  { record, field, acts }: Keyed,
  defaultStatus: number,
  result: unknown,
): Omit<Answered, "fingerprint"> {
  const { status, body } = result instanceof Reply ? result : { status: defaultStatus, body: result };
  if (record === undefined) return { status, body: acts ? JSON.stringify(body ?? null) : null, record: null };
  if (!isObject(body)) throw new Error("a call that creates a record has to answer with it");
  if (field === undefined) return { status, body: null, record: pathOf(record, body) };
  const { [field]: part, ...rest } = body;
  return {
    status,
    body: JSON.stringify({ [field]: null, ...rest }),
    record: isObject(part) ? pathOf(record, part) : null,
  };
}

function pathOf(template: string, record: Record<string, unknown>): string {
  return template.replace(/\{(\w+)\}/g, (_, name) => pathPart(String(record[name])));
}
