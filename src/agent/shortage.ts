// When the machine lacks what a process needs, claimed runs wait for it: for a process that ends, for memory, for room on a
// disk. They are not failed for it, and no more of them are claimed meanwhile.
import type { Clock } from "#lib/clock.ts";
import { messageOf } from "#lib/errors.ts";
import { isUnavailable } from "#lib/retry.ts";

export interface Shortage {
  /** Calls `start` until it succeeds. Throws what it refuses for another reason, and the last reason once `signal` aborts. */
  insist<T>(start: () => Promise<T>, signal: AbortSignal): Promise<T>;
  /** Resolves when no run waits for the machine, or `signal` aborts. */
  over(signal: AbortSignal): Promise<void>;
  isShort(): boolean;
  /** A process has ended: what it had is free. */
  freed(): void;
}

/** What other programs give back is noticed after so long. */
const PAUSE_MS = 1_000;
/** How long a reason is not printed again. */
const SILENCE_MS = 600_000;

export function createShortage({ clock, say }: { clock: Clock; say: (line: string) => void }): Shortage {
  const saidAt = new Map<string, number>();
  let waiting = 0;
  let freed = new AbortController();

  function sayOnce(reason: string): void {
    const now = clock.elapsed();
    if (now - (saidAt.get(reason) ?? Number.NEGATIVE_INFINITY) < SILENCE_MS) return;
    saidAt.set(reason, now);
    say(`${reason} Runs wait until they can be started.`);
  }

  const pause = (signal: AbortSignal) => clock.sleep(PAUSE_MS, AbortSignal.any([signal, freed.signal]));

  return {
    async insist(start, signal) {
      let isWaiting = false;
      try {
        for (;;) {
          try {
            return await start();
          } catch (error) {
            if (!isUnavailable(error) || signal.aborted) throw error;
            sayOnce(messageOf(error));
          }
          if (!isWaiting) waiting += 1;
          isWaiting = true;
          await pause(signal);
        }
      } finally {
        if (isWaiting) waiting -= 1;
      }
    },
    async over(signal) {
      while (waiting > 0 && !signal.aborted) await pause(signal);
    },
    isShort: () => waiting > 0,
    freed() {
      freed.abort();
      freed = new AbortController();
    },
  };
}
