// Lists the wall times of a recurrence set. rrule.js finds floating days only: it drifts on steps of less than a day beside day
// filters (seen with 2.8.1) and builds all times of a step at once, so the times of a day are ours (rrule-times.ts,
// clock-times.ts). Nothing walks far: steps start near the time asked for, and each one is counted.
import type { Budget } from "./budget.ts";
import { countOf, timeAt, timesOf } from "./clock-times.ts";
import { daysOf } from "./rrule-days.ts";
import type { RecurrenceRule, RecurrenceSet } from "./rrule-text.ts";
import { isReachable, startTimes, stepOf, timesOfDay, unitOf } from "./rrule-times.ts";
import type { Window } from "./window.ts";

const DAY = 86_400_000;

/** In order, each once. `anchor` stands in for a DTSTART that the text does not have. */
export function* recurrenceWalls(
  set: RecurrenceSet,
  anchor: number,
  window: Window,
  budget: Budget,
): Generator<number> {
  const start = set.start ?? anchor;
  const within = (wall: number) => wall >= window.from && wall <= window.to;
  const all = (rules: RecurrenceRule[], dates: number[]) =>
    merge([dates.filter(within).values(), ...rules.map((rule) => ruleWalls(rule, start, window, budget))], budget);
  const unwanted = all(set.excludedRules, set.excludedDates);
  let excluded = unwanted.next();
  for (const wall of all(set.rules, set.dates)) {
    while (!excluded.done && excluded.value < wall) excluded = unwanted.next();
    if (excluded.done || excluded.value !== wall) yield wall;
  }
}

/** Sorted sources to one sorted sequence without repeats. */
function* merge(sources: Iterator<number>[], budget: Budget): Generator<number> {
  const heads = sources.map((source) => ({ source, head: source.next() }));
  for (let last = Number.NaN; ; ) {
    budget.spend(heads.length);
    const open = heads.filter(({ head }) => !head.done);
    const [first, ...others] = open;
    if (!first) return;
    const least = others.reduce((best, one) => (one.head.value < best.head.value ? one : best), first);
    if (least.head.value !== last) yield least.head.value;
    last = least.head.value;
    least.head = least.source.next();
  }
}

/** True for steps of less than a day without hours of their own: an hour that the clocks show twice is stepped through twice. */
export function isRepeatedRule(rule: RecurrenceRule): boolean {
  return (unitOf(rule) ?? DAY) < DAY && !("BYHOUR" in rule.lists);
}

/** Without lists a rule has one date a step. */
function isPlain({ lists, weekdays }: RecurrenceRule): boolean {
  return Object.keys(lists).length === 0 && weekdays.length === 0;
}

/** True for a COUNT that can neither be computed nor is bounded by the days there are: its dates are counted one by one. */
export function isCountedSlowly(rule: RecurrenceRule): boolean {
  if (rule.count === null || isPlain(rule)) return false;
  return (unitOf(rule) ?? DAY) < DAY || ["BYHOUR", "BYMINUTE", "BYSECOND"].some((name) => name in rule.lists);
}

/** The count of a plain rule says where it ends, so it can be started anywhere. */
function ruleWalls(rule: RecurrenceRule, start: number, window: Window, budget: Budget): Generator<number> {
  const step = stepOf(rule);
  if (rule.count === null || step === undefined || !isPlain(rule)) return countedWalls(rule, start, window, budget);
  const last = start + (rule.count - 1) * step;
  return walls({ ...rule, count: null, until: Math.min(rule.until ?? last, last) }, start, window, budget);
}

/** A count runs from the start, whatever is asked for. */
function* countedWalls(rule: RecurrenceRule, start: number, window: Window, budget: Budget): Generator<number> {
  if (rule.count === null) return yield* walls(rule, start, window, budget);
  if (rule.count === 0) return;
  let seen = 0;
  for (const wall of walls({ ...rule, count: null }, start, { from: start, to: window.to }, budget)) {
    budget.spend(1);
    if (wall >= window.from) yield wall;
    seen += 1;
    if (seen >= rule.count) return;
  }
}

function* walls(rule: RecurrenceRule, start: number, window: Window, budget: Budget): Generator<number> {
  const to = Math.min(rule.until ?? window.to, window.to);
  const from = Math.max(window.from, start);
  const isStepped = (unitOf(rule) ?? DAY) < DAY;
  const found = isStepped
    ? steppedWalls(rule, start, { from, to }, budget)
    : dayWalls(rule, start, { from, to }, budget);
  for (const wall of found) {
    if (wall > to) return;
    yield wall;
  }
}

/** Steps within the day: the days by rrule.js, their times by ours. */
function* steppedWalls(rule: RecurrenceRule, start: number, { from, to }: Window, budget: Budget): Generator<number> {
  if (!isReachable(rule, start, budget)) return;
  const { BYSETPOS: _set, BYHOUR: _hour, BYMINUTE: _minute, BYSECOND: _second, ...lists } = rule.lists;
  const daily: RecurrenceRule = { ...rule, frequency: "DAILY", interval: 1, until: null, lists };
  const first = Math.floor(from / DAY) * DAY;
  const times = timesOfDay(rule, start, budget);
  for (const day of daysOf(daily, first, { from: first, to }, budget)) yield* times(day, from);
}

/** Days with a list of times each. A position counts the times of all days of a step, so it is one of a day and one of a time. */
function dayWalls(rule: RecurrenceRule, start: number, window: Window, budget: Budget): Generator<number> {
  const { BYHOUR, BYMINUTE, BYSECOND, BYSETPOS, ...lists } = rule.lists;
  const times = startTimes(rule, start);
  const count = countOf(times);
  const first = Math.floor(start / DAY) * DAY;
  const days = (positions: number[] | undefined) => {
    const dayLists = positions ? { ...lists, BYSETPOS: positions } : lists;
    const fromDay = Math.floor(window.from / DAY) * DAY;
    return daysOf({ ...rule, until: null, lists: dayLists }, first, { ...window, from: fromDay }, budget);
  };
  if (!BYSETPOS || count === 1) return timesOn(days(BYSETPOS), (day) => timesOf(day, times, window.from));
  const byDay = Map.groupBy(BYSETPOS, (position) => Math.floor((position > 0 ? position - 1 : position) / count));
  const sources = [...byDay].map(([index, positions]) => {
    const at = positions.map((position) => (position > 0 ? position - 1 : position) - index * count);
    const offsets = at.map((place) => timeAt(times, place));
    const later = (day: number) => offsets.map((offset) => day + offset).filter((wall) => wall >= window.from);
    return timesOn(days([index >= 0 ? index + 1 : index]), later);
  });
  return merge(sources, budget);
}

function* timesOn(days: Iterable<number>, times: (day: number) => Iterable<number>): Generator<number> {
  for (const day of days) yield* times(day);
}
