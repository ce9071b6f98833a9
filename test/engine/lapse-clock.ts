// A clock that jumps to the next sleeper as soon as nothing else is left to do: hours of retries pass in a millisecond.
import type { Clock } from "#lib/clock.ts";

/** Who sleeps longer (heartbeats that a test has no use for) sleeps forever. */
const LONGEST_JUMP = 86_400_000;

interface Sleeper {
  due: number;
  wake: () => void;
}

export interface LapseClock extends Clock {
  /** Milliseconds passed since the start. */
  elapsed(): number;
  /** Moves time on although nobody sleeps. */
  advance(seconds: number): void;
}

export function lapseClock(start = Date.parse("2026-11-23T06:00:00Z")): LapseClock {
  let now = start;
  let sleepers: Sleeper[] = [];

  function jump(): void {
    const [next] = sleepers.toSorted((a, b) => a.due - b.due);
    if (!next || next.due - now > LONGEST_JUMP) return;
    sleepers = sleepers.filter((sleeper) => sleeper !== next);
    now = Math.max(now, next.due);
    next.wake();
  }

  return {
    now: () => now,
    elapsed: () => now - start,
    advance(seconds) {
      now += seconds * 1000;
    },
    sleep(millis, signal) {
      if (signal?.aborted) return Promise.resolve();
      return new Promise((resolve) => {
        const sleeper = { due: now + Math.max(millis, 0), wake: resolve };
        sleepers.push(sleeper);
        signal?.addEventListener("abort", () => {
          sleepers = sleepers.filter((other) => other !== sleeper);
          resolve();
        });
        setImmediate(() => setImmediate(jump));
      });
    },
  };
}
