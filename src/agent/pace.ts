// Starts of processes are spaced: a crowd of runs that become due together would otherwise start all at once and slow
// each other down. Runs that go on for long do not hold up the next ones.
import type { Clock } from "#lib/clock.ts";

/** So many starts at once keep two cores busy (measured: more brings nothing). */
const MOST_YOUNG = 8;
/** So long after its start a process counts as young, unless it ends. On a busy machine a shorter time lets them pile up. */
const YOUNG_MS = 300;

export interface Pace {
  /** Resolves when another run may be claimed and started, with the way to say that it is no longer young. */
  turn(): Promise<Turn>;
}

export interface Turn {
  /** Nothing was started. */
  release(): void;
  /** A process was started; `ended` resolves when it is gone. */
  started(ended: Promise<unknown>): void;
}

export function createPace(clock: Clock): Pace {
  const line: (() => void)[] = [];
  let young = 0;

  function release(): void {
    const next = line.shift();
    // The place is handed on, not freed: who comes now must not overtake.
    if (next) next();
    else young -= 1;
  }

  return {
    async turn() {
      if (young < MOST_YOUNG) young += 1;
      else await new Promise<void>((resolve) => line.push(resolve));
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
