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
  /** One pass of the work; its result is not used. What it throws goes to `onError` and the loop goes on. */
  runOnce: () => unknown;
  onError: (error: unknown) => void;
}

/** What a loop has done so far. Times are milliseconds of its clock's `elapsed`. */
export interface LoopReport {
  passes: number;
  /** Passes that threw. */
  failures: number;
  /** Spent in passes, by all and by the longest. */
  millis: number;
  longestMillis: number;
  /** Since when the next pass, or the end of the one under way, is waited for; `undefined` before the start and after the stop. */
  dueSince: number | undefined;
}

export interface Loop extends Service {
  /** Runs the next pass now instead of later. */
  wake(): void;
  report(): LoopReport;
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
  const report: LoopReport = { passes: 0, failures: 0, millis: 0, longestMillis: 0, dueSince: undefined };

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      woken = false;
      await pass();
      if (woken || stopping.signal.aborted) continue;
      nap = new AbortController();
      const pause = delay();
      report.dueSince = clock.elapsed() + Math.max(0, pause);
      await clock.sleep(pause, nap.signal);
    }
    report.dueSince = undefined;
  }

  async function pass(): Promise<void> {
    const started = clock.elapsed();
    report.dueSince = started;
    try {
      await runOnce();
    } catch (error) {
      report.failures += 1;
      onError(error);
    }
    const millis = Math.max(0, clock.elapsed() - started);
    report.passes += 1;
    report.millis += millis;
    report.longestMillis = Math.max(report.longestMillis, millis);
  }

  return {
    start() {
      if (!stopping.signal.aborted) running ??= run();
    },
    wake() {
      woken = true;
      nap.abort();
    },
    report: () => ({ ...report }),
    async stop() {
      stopping.abort();
      nap.abort();
      await running;
    },
  };
}
