// Time is handed in, never reached for: tests move it by hand (test/clock.ts).
import { type Timestamp, toTimestamp } from "./timestamps.ts";

export interface Clock {
  /** Milliseconds since 1970; the fraction is microseconds. */
  now(): number;
  /** Resolves after `millis`, or at once when the signal aborts. Never rejects. */
  sleep(millis: number, signal?: AbortSignal): Promise<void>;
}

/** The machine's clock. Follows clock changes, unlike a monotonic one: due times are wall-clock times. */
export const systemClock: Clock = {
  now() {
    const fraction = performance.now() % 1;
    return Date.now() + Math.floor(fraction * 1000) / 1000;
  },
  sleep(millis, signal) {
    if (signal?.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", done);
        resolve();
      };
      // A timer of more than 24.8 days would fire at once: the caller looks again anyway.
      const timer = setTimeout(done, Math.min(Math.max(millis, 0), 2 ** 31 - 1));
      signal?.addEventListener("abort", done, { once: true });
    });
  },
};

/** Now, as a timestamp. */
export function timestampNow(clock: Clock): Timestamp {
  return toTimestamp(clock.now());
}
