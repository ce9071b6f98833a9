// Trying again when the server is away or too busy. Every call of the API is safe to repeat: creations carry keys, and a
// state that was stored already is answered with ABORT.
import type { Clock } from "#lib/clock.ts";
import { OrchError } from "#lib/errors.ts";
import type { WireAnswer } from "./transport.ts";

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 8_000;
const TRY_AGAIN = new Set([429, 502, 503]);

export interface RetryOptions {
  clock: Clock;
  retries: number;
  signal: AbortSignal | undefined;
}

/** The first pause is short, because a restarted server is back in no time; then they double. `Retry-After` wins. */
export async function retrying(
  { clock, retries, signal }: RetryOptions,
  attempt: () => Promise<WireAnswer>,
): Promise<WireAnswer> {
  for (let tried = 0; ; tried += 1) {
    const outcome = await settle(attempt);
    const again = "error" in outcome ? isAway(outcome.error) : TRY_AGAIN.has(outcome.answer.status);
    if (!again || tried >= retries || signal?.aborted) {
      if ("error" in outcome) throw outcome.error;
      return outcome.answer;
    }
    const asked =
      "answer" in outcome ? Number(outcome.answer.headers.get("retry-after") ?? Number.NaN) * 1000 : Number.NaN;
    await clock.sleep(Number.isNaN(asked) ? Math.min(FIRST_PAUSE_MS * 2 ** tried, LONGEST_PAUSE_MS) : asked, signal);
  }
}

type Outcome = { answer: WireAnswer } | { error: unknown };

async function settle(attempt: () => Promise<WireAnswer>): Promise<Outcome> {
  try {
    return { answer: await attempt() };
  } catch (error) {
    return { error };
  }
}

function isAway(error: unknown): boolean {
  return error instanceof OrchError && error.code === "unavailable";
}
