// Starts of processes are spaced: a crowd of runs that become due together would otherwise start all at once and slow
// each other down. Runs that go on for long do not hold up the next ones.
import type { Clock } from "#lib/clock.ts";

/** So many starts at once keep two cores busy (measured: more brings nothing). */
const MOST_YOUNG = 8;
const YOUNG_MS = 100;

export interface Pace {
  /** Resolves when another process may start. */
  turn(): Promise<void>;
  /** A process has started; `ended` resolves when it is gone. */
  started(ended: Promise<unknown>): void;
}

export function createPace(clock: Clock): Pace {
  const young = new Set<Promise<unknown>>();
  return {
    async turn() {
      while (young.size >= MOST_YOUNG) await Promise.race(young);
    },
    started(ended) {
      const grown: Promise<unknown> = Promise.race([ended, clock.sleep(YOUNG_MS)]);
      young.add(grown);
      grown.then(() => young.delete(grown));
    },
  };
}
