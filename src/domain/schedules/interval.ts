// Interval schedules. Steps of a day and more are counted on the wall clock, so that they keep their hour when the clocks
// change; shorter ones are elapsed time. (The old server finds the first date in elapsed time, and is an hour off forever.)
import type { Zone } from "./zone.ts";

const DAY = 86_400_000;
/** The end of the year 9999: no date is later. */
const LAST = 253_402_300_800_000;

export interface Interval {
  /** Milliseconds; the fraction is microseconds. */
  length: number;
  anchor: number;
}

/** Instants from `start` on: whole intervals from the anchor, whenever they are asked for. */
export function* intervalDates({ length, anchor }: Interval, zone: Zone, start: number): Generator<number> {
  const isByClock = length >= DAY;
  const origin = isByClock ? wallOf(anchor) : anchor;
  const from = isByClock ? wallOf(start) : start;
  function wallOf(instant: number): number {
    return instant + zone.offset(instant);
  }
  function dateAt(count: number): number {
    const date = toMicros(origin + count * length);
    return isByClock ? zone.instant(date, "smaller") : date;
  }

  // One early: beside a change of the clocks the order of the clock is not that of time.
  for (let count = Math.ceil((from - origin) / length) - 1; ; count += 1) {
    const date = dateAt(count);
    if (date >= LAST) return;
    if (date >= start) yield date;
  }
}

/** Products of fractions drift: each date is a whole microsecond. */
function toMicros(millis: number): number {
  return Math.round(millis * 1000) / 1000;
}
