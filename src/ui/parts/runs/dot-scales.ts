// Places the dots of a chart of runs: time from left to right, duration from below on a logarithmic scale.
import type { ZoneClock } from "../../data/zone-clock.ts";

export interface Scale {
  /** Pixels of a value. */
  at(value: number): number;
  /** The value at a pixel. */
  value(pixel: number): number;
  ticks: { at: number; text: string }[];
}

export interface Plot {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** Seconds whose lines are drawn, with their words. */
const DURATIONS: [seconds: number, text: string][] = [
  ...([
    [0.01, "10 ms"],
    [0.1, "100 ms"],
    [1, "1 s"],
    [10, "10 s"],
    [60, "1 min"],
  ] as [number, string][]),
  ...([
    [600, "10 min"],
    [3_600, "1 h"],
    [36_000, "10 h"],
    [86_400, "1 d"],
    [864_000, "10 d"],
  ] as [number, string][]),
];
/** Shorter runs lie on the lowest line, as those do that have not started. */
const LEAST_SECONDS = 0.01;
const LEAST_SPAN = 100;

export function durationScale(seconds: readonly number[], { top, height }: Plot): Scale {
  const shown = seconds.filter((value) => value > LEAST_SECONDS);
  const low = Math.max(LEAST_SECONDS, least(shown, 1) / 2);
  const high = Math.max(low * LEAST_SPAN, greatest(shown, 1) * 1.5);
  const [from, to] = [Math.log(low), Math.log(high)];
  const at = (value: number) => top + height - (height * (Math.log(Math.max(value, low)) - from)) / (to - from);
  const value = (pixel: number) => Math.exp(from + ((top + height - pixel) / height) * (to - from));
  const ticks = DURATIONS.filter(([length]) => length >= low && length <= high);
  // A line every 24 pixels at most.
  const every = Math.ceil(ticks.length / Math.max(1, Math.floor(height / 24)));
  return {
    at,
    value,
    ticks: ticks.filter((_, index) => index % every === 0).map(([length, text]) => ({ at: at(length), text })),
  };
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const STEPS = [
  ...[MINUTE, 5 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR],
  ...[DAY, 2 * DAY, 4 * DAY, 7 * DAY, 14 * DAY, 28 * DAY, 91 * DAY, 364 * DAY],
];
/** Pixels that the words of a tick take. */
const TICK_WIDTH = 72;

export interface TimeScaleOptions {
  /** Writes a moment. */
  words: (millis: number, step: number) => string;
  /** Of the shown zone: hours and days begin where its clocks say so, also after a change of them. */
  clock: Pick<ZoneClock, "local" | "moment">;
}

export function timeScale(from: number, to: number, { left, width }: Plot, { words, clock }: TimeScaleOptions): Scale {
  const span = Math.max(1, to - from);
  const at = (millis: number) => left + (width * (millis - from)) / span;
  const value = (pixel: number) => from + (span * (pixel - left)) / width;
  const step = STEPS.find((length) => (span / length) * TICK_WIDTH <= width) ?? span;
  const ticks: Scale["ticks"] = [];
  const end = clock.local(to);
  let last = from - 1;
  for (let local = Math.ceil(clock.local(from) / step) * step; local <= end; local += step) {
    const tick = clock.moment(local);
    if (tick <= last || tick > to) continue; // a time that a clock change leaves out
    ticks.push({ at: at(tick), text: words(tick, step) });
    last = tick;
  }
  return { at, value, ticks };
}

export const A_DAY = DAY;

/** A part of the range as small as this is shown alone, when nothing lies before it. */
const LITTLE = 0.1;

/** Where a chart of a range begins, in milliseconds: a young server's runs of the last minutes would be one column of seven days. */
export function fittedStart(from: number, to: number, at: readonly number[]): number {
  if (at.length === 0) return from;
  const first = least(at, from);
  const start = Math.min(first - (to - first) * LITTLE, to - HOUR);
  return start > to - (to - from) * LITTLE ? start : from;
}

function least(values: readonly number[], usual: number): number {
  return values.length === 0 ? usual : values.reduce((low, value) => Math.min(low, value), Number.POSITIVE_INFINITY);
}

function greatest(values: readonly number[], usual: number): number {
  return values.length === 0 ? usual : values.reduce((high, value) => Math.max(high, value), 0);
}
