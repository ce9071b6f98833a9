// Time is handed in, never reached for: tests move it by hand (test/clock.ts).
import { type Timestamp, toTimestamp } from "./time/timestamps.ts";

export interface Clock {
  /** The time of day: milliseconds since 1970; the fraction is microseconds. For due times and records. */
  now(): number;
  /** Milliseconds since some moment of the past. Not changed by setting the machine's clock: for durations and timeouts. */
  elapsed(): number;
  /**
   * Resolves after `millis`, or at once when the signal aborts. Never rejects. Not `keepsAlive`: the process may end
   * meanwhile, if nothing else is left to do. Default true.
   */
  sleep(millis: number, signal?: AbortSignal, keepsAlive?: boolean): Promise<void>;
}

/** Where a clock takes its times from. */
export interface TimeSource {
  /** The machine's time of day, in whole milliseconds. */
  wall(): number;
  /** Milliseconds that only ever grow, with a fraction. */
  elapsed(): number;
}

/** Steps back of the machine's clock that are longer than this are followed, shorter ones are waited out. */
const MOST_WAITED_OUT_MICROS = 1_000_000;

/**
 * A clock's `now`. Each call returns a later microsecond than the call before, so records keep the order in which they were
 * made. The time stays within the millisecond that the machine's clock shows, or after it where that clock stepped back.
 */
export function risingTime({ wall, elapsed }: TimeSource): () => number {
  /** The time of day at the moment 0 of `elapsed`. */
  let origin = Number.NEGATIVE_INFINITY;
  let last = 0;
  return () => {
    const since = elapsed();
    const millis = wall();
    const exact = Math.min(Math.max(origin + since, millis), millis + 0.999);
    origin = exact - since;
    const micros = Math.round(exact * 1000);
    last = last - micros > MOST_WAITED_OUT_MICROS ? micros : Math.max(micros, last + 1);
    return last / 1000;
  };
}

// Code of flows may replace these two, as fake timers do.
const { now: wall } = Date;
const elapsed = performance.now.bind(performance);

/** The machine's clock. */
export const systemClock: Clock = {
  now: risingTime({ wall, elapsed }),
  elapsed,
  sleep(millis, signal, keepsAlive = true) {
    if (signal?.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", done);
        resolve();
      };
      // A timer of more than 24.8 days would fire at once: the caller looks again anyway.
      const timer = setTimeout(done, Math.min(Math.max(millis, 0), 2 ** 31 - 1));
      if (!keepsAlive) timer.unref();
      signal?.addEventListener("abort", done, { once: true });
    });
  },
};

/** Now, as a timestamp. */
export function timestampNow(clock: Clock): Timestamp {
  return toTimestamp(clock.now());
}
