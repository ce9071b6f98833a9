// The times of one day of a rule that steps by hours, minutes or seconds.
import type { Budget } from "./budget.ts";
import { type ClockTimes, timesOf } from "./clock-times.ts";
import type { Frequency, RecurrenceRule } from "./rrule-text.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Frequencies whose steps have one length on the wall clock. */
const UNITS: Partial<Record<Frequency, number>> = {
  WEEKLY: 7 * DAY,
  DAILY: DAY,
  HOURLY: HOUR,
  MINUTELY: MINUTE,
  SECONDLY: SECOND,
};

export function unitOf(rule: RecurrenceRule): number | undefined {
  return UNITS[rule.frequency];
}

/** Milliseconds from one step to the next; `undefined` for months and years. */
export function stepOf(rule: RecurrenceRule): number | undefined {
  const unit = unitOf(rule);
  return unit === undefined ? undefined : unit * rule.interval;
}

/** The times that days of the rule have: those of the start where there is no list. */
export function startTimes({ lists }: RecurrenceRule, start: number): ClockTimes {
  return {
    hours: lists.BYHOUR ?? [partOf(start, HOUR, 24)],
    minutes: lists.BYMINUTE ?? [partOf(start, MINUTE, 60)],
    seconds: lists.BYSECOND ?? [partOf(start, SECOND, 60)],
  };
}

/** Lists the times of a day in order, from `from` on; the day is a wall midnight, the steps are counted from `start`. */
export function timesOfDay(
  rule: RecurrenceRule,
  start: number,
  budget: Budget,
): (day: number, from: number) => Generator<number> {
  const unit = unitOf(rule) ?? DAY;
  const step = unit * rule.interval;
  const phase = Math.floor(start / unit) * unit;
  const align = (wall: number) => phase + Math.ceil((wall - phase) / step) * step;
  const { BYHOUR, BYMINUTE, BYSECOND } = rule.lists;
  const inside = insideStep(rule, start, unit);
  return function* (day, from) {
    if (inside.length === 0) return;
    const first = Math.max(day, Math.floor(from / unit) * unit, phase);
    for (let wall = align(first); wall < day + DAY; ) {
      budget.spend(1);
      if (misses(BYHOUR, wall, HOUR, 24)) wall = align(Math.floor(wall / HOUR) * HOUR + HOUR);
      else if (unit < HOUR && misses(BYMINUTE, wall, MINUTE, 60))
        wall = align(Math.floor(wall / MINUTE) * MINUTE + MINUTE);
      else {
        const fits = unit >= MINUTE || !misses(BYSECOND, wall, SECOND, 60);
        if (fits) for (const offset of inside) if (wall + offset >= from) yield wall + offset;
        wall += step;
      }
    }
  };
}

function misses(list: number[] | undefined, wall: number, unit: number, base: number): boolean {
  return list !== undefined && !list.includes(partOf(wall, unit, base));
}

/** The hour, minute or second of a wall time, also before 1970. */
function partOf(wall: number, unit: number, base: number): number {
  return ((Math.floor(wall / unit) % base) + base) % base;
}

/** Offsets of the dates within one step: an hour has the minutes and seconds asked for, or those of the start. */
function insideStep(rule: RecurrenceRule, start: number, unit: number): number[] {
  const given = startTimes(rule, start);
  const times = {
    hours: [0],
    minutes: unit === HOUR ? given.minutes : [0],
    seconds: unit >= MINUTE ? given.seconds : [0],
  };
  const offsets = [...timesOf(0, times, 0)];
  if (!rule.lists.BYSETPOS) return offsets;
  const positions = new Set(rule.lists.BYSETPOS.map((at) => (at > 0 ? at - 1 : offsets.length + at)));
  return offsets.filter((_, index) => positions.has(index));
}

/** False when the steps of less than a day can never meet the times of day asked for. */
export function isReachable(rule: RecurrenceRule, start: number, budget: Budget): boolean {
  const unit = unitOf(rule);
  if (unit === undefined || unit >= DAY) return true;
  const { BYHOUR, BYMINUTE, BYSECOND } = rule.lists;
  const stride = gcd(unit * rule.interval, DAY);
  for (let wall = partOf(start, unit, stride / unit) * unit; wall < DAY; wall += stride) {
    budget.spend(1);
    const late = misses(BYHOUR, wall, HOUR, 24) || (unit < HOUR && misses(BYMINUTE, wall, MINUTE, 60));
    if (!late && !(unit < MINUTE && misses(BYSECOND, wall, SECOND, 60))) return true;
  }
  return false;
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}
