// Trying again when the server is away or too busy, or its answer was lost. A call may have been carried out then: so all tries
// carry one idempotency key, by which the server finds the first answer, or the endpoint says why a repeat does no harm
// (wire/repeat.ts).
import type { Clock } from "#lib/clock.ts";
import { OrchError } from "#lib/errors.ts";
import type { WireAnswer } from "./transport.ts";

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 8_000;
const TRY_AGAIN = new Set([429, 502, 503]);
/** A server whose connections break is there: it is asked more often than one that cannot be reached. */
const RETRIES_AFTER_LOSS = 6;

export interface RetryOptions {
  clock: Clock;
  /** 0 for callers that repeat the call themselves. */
  retries: number;
  signal: AbortSignal | undefined;
}

/** The first pause is short, because a restarted server is back in no time; then they double. `Retry-After` wins. */
export async function retrying<A extends WireAnswer>(
  { clock, retries, signal }: RetryOptions,
  attempt: () => Promise<A>,
): Promise<A> {
  let losses = 0;
  for (let tried = 0; ; tried += 1) {
    const outcome = await settle(attempt);
    const again = "error" in outcome ? isAway(outcome.error) : TRY_AGAIN.has(outcome.answer.status);
    const wasLost = retries > 0 && "error" in outcome && connectionWasLost(outcome.error);
    const isLast = wasLost ? losses >= RETRIES_AFTER_LOSS : tried - losses >= retries;
    if (wasLost) losses += 1;
    if (!again || isLast || signal?.aborted) {
      if ("error" in outcome) throw outcome.error;
      return outcome.answer;
    }
    const asked =
      "answer" in outcome ? Number(outcome.answer.headers.get("retry-after") ?? Number.NaN) * 1000 : Number.NaN;
    await clock.sleep(Number.isNaN(asked) ? Math.min(FIRST_PAUSE_MS * 2 ** tried, LONGEST_PAUSE_MS) : asked, signal);
  }
}

type Outcome<A> = { answer: A } | { error: unknown };

async function settle<A>(attempt: () => Promise<A>): Promise<Outcome<A>> {
  try {
    return { answer: await attempt() };
  } catch (error) {
    return { error };
  }
}

function isAway(error: unknown): boolean {
  return error instanceof OrchError && error.code === "unavailable";
}

/** Nothing was sent: no program listens there, or there is no such machine. */
const UNREACHABLE = new Set(["ECONNREFUSED", "ConnectionRefused", "FailedToOpenSocket", "ENOTFOUND", "EHOSTUNREACH"]);

/** True for an error that says, or was caused by one that says, that a connection ended before its answer. */
function connectionWasLost(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (!("code" in cause) || typeof cause.code !== "string") continue;
    if (UNREACHABLE.has(cause.code)) return false;
    if (cause.code === "ECONNRESET" || cause.code === "EPIPE" || cause.code === "ConnectionClosed") return true;
  }
  return false;
}
