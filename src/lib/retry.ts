// Retries while the server is unreachable, so states and logs are delayed, not lost.
import type { Clock } from "./clock.ts";
import { OrchError } from "./errors.ts";
import { newId } from "./ids.ts";

/** How long a state or a batch of logs is offered again before the run gives up. */
export const RETRY_SECONDS = 600;
const FIRST_PAUSE = 100;
const LONGEST_PAUSE = 5_000;

export interface RetryOptions {
  clock: Clock;
  seconds: number;
  signal?: AbortSignal | undefined;
  /** Called once, with what is wrong, when the wait is longer than a restart of the server. */
  onWait?: (error: unknown) => void;
}

const RESTART_MS = 2_000;

export function isUnavailable(error: unknown): boolean {
  return error instanceof OrchError && error.code === "unavailable";
}

/**
 * Calls `attempt` until it succeeds, fails for another reason than a server that is away, or patience ends.
 * `attempt` gets the same key each time: an earlier try may have reached the server although its answer was lost.
 */
export async function retryUntilAvailable<T>(
  { clock, seconds, signal, onWait }: RetryOptions,
  attempt: (idempotencyKey: string) => Promise<T>,
): Promise<T> {
  const began = clock.elapsed();
  const deadline = began + seconds * 1000;
  const key = newId();
  let isSaid = onWait === undefined;
  for (let pause = FIRST_PAUSE; ; pause = Math.min(pause * 2, LONGEST_PAUSE)) {
    try {
      return await attempt(key);
    } catch (error) {
      if (!isUnavailable(error) || signal?.aborted || clock.elapsed() + pause > deadline) throw error;
      if (!isSaid && clock.elapsed() - began >= RESTART_MS) {
        isSaid = true;
        onWait?.(error);
      }
    }
    await clock.sleep(pause, signal);
  }
}

/** What a call is made with that may be repeated. */
export interface RetriedCall {
  signal: AbortSignal;
  idempotencyKey: string;
}

/** A call that is repeated while the server is away, and given up when the process has to end. */
export function callUntilAvailable<T>(
  { clock, signal, onWait }: Pick<RetryOptions, "clock" | "onWait"> & { signal: AbortSignal },
  call: (options: RetriedCall) => Promise<T>,
): Promise<T> {
  const patience = { clock, signal, seconds: RETRY_SECONDS, ...(onWait ? { onWait } : {}) };
  return retryUntilAvailable(patience, (idempotencyKey) => call({ signal, idempotencyKey }));
}
