// Says moments and durations in words, for commands and web pages.

const STEPS: [seconds: number, unit: string][] = [
  [31_536_000, "year"],
  [2_592_000, "month"],
  [604_800, "week"],
  [86_400, "day"],
  [3_600, "hour"],
  [60, "minute"],
  [1, "second"],
];

/** `5 minutes ago`, `in 2 hours`, `now`. Both in milliseconds. */
export function relativeTime(then: number, now: number): string {
  const seconds = Math.abs(then - now) / 1000;
  const step = STEPS.find(([length]) => seconds >= length);
  if (!step) return "now";
  const count = Math.floor(seconds / step[0]);
  const words = `${count} ${step[1]}${count === 1 ? "" : "s"}`;
  return then < now ? `${words} ago` : `in ${words}`;
}

const LARGE: [seconds: number, unit: string][] = [
  [86_400, "d"],
  [3_600, "h"],
  [60, "min"],
  [1, "s"],
];

/**
 * Two units at most, so that it fits in a column: `3 ms`, `1.2 s`, `4 min 10 s`, `2 d 5 h`.
 *
 * @example durationText(14.84) // "14.8 s"
 */
export function durationText(seconds: number): string {
  if (seconds < 0.0005) return "0 s";
  if (seconds < 0.9995) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 59.95) return `${seconds.toFixed(1).replace(/\.0$/, "")} s`;
  const whole = Math.round(seconds);
  const index = LARGE.findIndex(([length]) => whole >= length);
  const [length = 1, unit = "s"] = LARGE[index] ?? [];
  const [smaller = 1, smallUnit = ""] = LARGE[index + 1] ?? [];
  const count = Math.floor(whole / length);
  const rest = Math.floor((whole - count * length) / smaller);
  return rest > 0 && smallUnit !== "" ? `${count} ${unit} ${rest} ${smallUnit}` : `${count} ${unit}`;
}
