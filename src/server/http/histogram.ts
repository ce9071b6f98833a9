// How often something took how long, in a fixed number of numbers.

/** Upper bounds in seconds. Held requests answer within a minute. */
export const BOUNDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60] as const;

export interface Histogram {
  /** Of each bound, how many took no longer, those of the bounds before it included. */
  upTo(): number[];
  count: number;
  /** Seconds of all together. */
  sum: number;
  add(seconds: number): void;
}

export function histogram(): Histogram {
  const counts = new Float64Array(BOUNDS.length + 1);
  return {
    count: 0,
    sum: 0,
    add(seconds) {
      let at = 0;
      while (at < BOUNDS.length && seconds > (BOUNDS[at] ?? 0)) at += 1;
      counts[at] = (counts[at] ?? 0) + 1;
      this.count += 1;
      this.sum += seconds;
    },
    upTo() {
      let sum = 0;
      return BOUNDS.map((_, at) => (sum += counts[at] ?? 0));
    },
  };
}
