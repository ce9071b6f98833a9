// A clock that stands still until it is moved. Sleeps end when the time they wait for has come.
import type { Clock } from "#lib/clock.ts";

export interface ManualClock extends Clock {
  /** Moves time on; whoever slept until then goes on. */
  advance(seconds: number): void;
  /** Sets the time of day, as a person or a time server does: durations and sleeps do not notice. */
  step(seconds: number): void;
}

interface Sleeper {
  until: number;
  wake: () => void;
}

/** Starts at 2026-11-23T12:00:00Z. */
export function manualClock(start = Date.UTC(2026, 10, 23, 12)): ManualClock {
  let now = start;
  let stepped = 0;
  const sleepers = new Set<Sleeper>();
  return {
    now: () => now + stepped,
    elapsed: () => now,
    sleep(millis, signal) {
      if (signal?.aborted) return Promise.resolve();
      return new Promise((resolve) => {
        const sleeper = { until: now + Math.max(0, millis), wake: () => finish() };
        const finish = () => {
          sleepers.delete(sleeper);
          signal?.removeEventListener("abort", finish);
          resolve();
        };
        signal?.addEventListener("abort", finish, { once: true });
        sleepers.add(sleeper);
        if (millis <= 0) finish();
      });
    },
    step(seconds) {
      stepped += seconds * 1000;
    },
    advance(seconds) {
      now += seconds * 1000;
      for (const sleeper of [...sleepers]) if (sleeper.until <= now) sleeper.wake();
    },
  };
}
