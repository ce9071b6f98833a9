// Interval schedules. Steps of whole days keep the wall clock's hour, shorter ones are elapsed time, as the old server has it.
import type { Zone } from "./zone.ts";

const DAY = 86_400_000;
/** The end of the year 9999: no date is later. */
const LAST = 253_402_300_800_000;

export interface Interval {
  /** Milliseconds; the fraction is microseconds. */
  length: number;
  anchor: number;
}

/**
 * Instants from `start` on. The first is found in elapsed time, and compared with `start` on the wall clock, so the dates
 * depend on when they are asked for (prefect.server.schemas.schedules, 2.10.4): other dates would be other idempotency keys.
 */
export function* intervalDates({ length, anchor }: Interval, zone: Zone, start: number): Generator<number> {
  const days = Math.floor(length / DAY);
  const step = days > 0 ? (instant: number) => zone.instant(wallOf(instant) + length, "smaller") : add;
  function wallOf(instant: number): number {
    return instant + zone.offset(instant);
  }
  function add(instant: number): number {
    return toMicros(instant + length);
  }

  const isLast = (instant: number) => instant + length >= LAST;
  let next = toMicros(anchor + Math.trunc((start - anchor) / length) * length);
  const from = wallOf(start);
  while (wallOf(next) < from) {
    if (isLast(next)) return;
    next = step(next);
  }
  yield next;
  while (!isLast(next)) {
    next = step(next);
    yield next;
  }
}

/** Sums of fractions drift: each date is a whole microsecond. */
function toMicros(millis: number): number {
  return Math.round(millis * 1000) / 1000;
}
