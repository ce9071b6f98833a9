// Limits how many processes start at the same time: many runs that become due together would slow each other down. Runs that
// take long do not delay the next ones.
import type { Clock } from "#lib/clock.ts";

/** So many starts at once keep two cores busy (measured: more brings nothing). */
const MOST_YOUNG = 8;
/** So long after its start a process counts as young, unless it ends. On a busy machine a shorter time lets them pile up. */
const YOUNG_MS = 300;

export interface StartLimiter {
  /** Resolves when another run may be claimed and started, with the functions that end its turn. */
  turn(): Promise<Turn>;
}

export interface Turn {
  /** Nothing was started. */
  release(): void;
  /** A process was started; `ended` resolves when it is gone. */
  started(ended: Promise<unknown>): void;
}

export function createStartLimiter(clock: Clock): StartLimiter {
  const waiting: (() => void)[] = [];
  let young = 0;

  function release(): void {
    const next = waiting.shift();
    // Hand the slot to the next waiter so that a newcomer cannot jump the queue.
    if (next) next();
    else young -= 1;
  }

  return {
    async turn() {
      if (young < MOST_YOUNG) young += 1;
      else await new Promise<void>((resolve) => waiting.push(resolve));
      return {
        release,
        started(ended) {
          const over = new AbortController();
          ended.then(() => over.abort());
          clock.sleep(YOUNG_MS, over.signal).then(release);
        },
      };
    },
  };
}
