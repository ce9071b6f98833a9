// Background work that starts once, stops once, and can be woken early. Every loop of orch is one of these.
import type { Clock } from "./clock.ts";

export interface Service {
  start(): void;
  /** Waits for the pass under way. May come before `start`, and more than once. */
  stop(): Promise<void>;
}

export interface LoopOptions {
  clock: Clock;
  /** Milliseconds until the next pass, asked after each one: so a loop can sleep until exactly the next due time. */
  delay: () => number;
  /** One pass of the work. What it throws goes to `onError` and the loop goes on. */
  runOnce: () => Promise<void> | void;
  onError: (error: unknown) => void;
}

export interface Loop extends Service {
  /** Runs the next pass now instead of later. */
  wake(): void;
}

/**
 * A loop that passes, sleeps `delay()`, and passes again, until stopped.
 *
 * @example
 * const loop = createLoop({ clock, delay: () => 5_000, runOnce: markLateRuns, onError: log });
 * loop.start();
 * await loop.stop();
 */
export function createLoop({ clock, delay, runOnce, onError }: LoopOptions): Loop {
  const stopping = new AbortController();
  let nap = new AbortController();
  let woken = false;
  let running: Promise<void> | undefined;

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      woken = false;
      try {
        await runOnce();
      } catch (error) {
        onError(error);
      }
      if (woken || stopping.signal.aborted) continue;
      nap = new AbortController();
      await clock.sleep(delay(), nap.signal);
    }
  }

  return {
    start() {
      if (!stopping.signal.aborted) running ??= run();
    },
    wake() {
      woken = true;
      nap.abort();
    },
    async stop() {
      stopping.abort();
      nap.abort();
      await running;
    },
  };
}
