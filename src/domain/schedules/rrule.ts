// Wall times of a recurrence set. rrule.js is asked for floating days only: it drifts on steps of less than a day beside day
// filters (seen with 2.8.1), so those steps are ours (rrule-times.ts). Nothing walks far: fixed steps start near the time asked for.
import type { Options } from "rrule";
import { recurrences } from "./recurrences.ts";
import { FREQUENCIES, type RecurrenceRule, type RecurrenceSet } from "./rrule-text.ts";
import { stepOf, timesOfDay, unitOf } from "./rrule-times.ts";

const DAY = 86_400_000;
const SHORTEST_MONTH = 28 * DAY;
/** Dates of one rule looked at; a counted rule that cannot be started later gives up beyond. */
const FARTHEST = 100_000;

export interface Window {
  /** First wall time wanted. */
  from: number;
  /** No wall time beyond is looked for. */
  to: number;
}

/** In order, each once. `anchor` stands in for a DTSTART that the text does not have. */
export function* recurrenceWalls(set: RecurrenceSet, anchor: number, window: Window): Generator<number> {
  const start = set.start ?? anchor;
  const within = (wall: number) => wall >= window.from && wall <= window.to;
  const wanted = merge([set.dates.filter(within).values(), ...set.rules.map((rule) => ruleWalls(rule, start, window))]);
  const unwanted = merge([
    set.excludedDates.filter(within).values(),
    ...set.excludedRules.map((rule) => ruleWalls(rule, start, window)),
  ]);
  let excluded = unwanted.next();
  for (const wall of wanted) {
    while (!excluded.done && excluded.value < wall) excluded = unwanted.next();
    if (excluded.done || excluded.value !== wall) yield wall;
  }
}

/** Sorted sources to one sorted sequence without repeats. */
function* merge(sources: Iterator<number>[]): Generator<number> {
  const heads = sources.map((source) => ({ source, head: source.next() }));
  for (let last = Number.NaN; ; ) {
    const open = heads.filter(({ head }) => !head.done);
    const [first, ...others] = open;
    if (!first) return;
    const least = others.reduce((best, one) => (one.head.value < best.head.value ? one : best), first);
    if (least.head.value !== last) yield least.head.value;
    last = least.head.value;
    least.head = least.source.next();
  }
}

/** A rule without lists has one date a step, so its count says where it ends and it can be started anywhere. */
function ruleWalls(rule: RecurrenceRule, start: number, window: Window): Generator<number> {
  const step = stepOf(rule);
  const plain = Object.keys(rule.lists).length === 0 && rule.weekdays.length === 0;
  if (rule.count === null || step === undefined || !plain) return countedWalls(rule, start, window);
  const last = start + (rule.count - 1) * step;
  return walls({ ...rule, count: null, until: Math.min(rule.until ?? last, last) }, start, window);
}

/** A count runs from the start, whatever is asked for. */
function* countedWalls(rule: RecurrenceRule, start: number, window: Window): Generator<number> {
  if (rule.count === null) return yield* walls(rule, start, window);
  const most = Math.min(rule.count, FARTHEST);
  let seen = 0;
  if (most === 0) return;
  for (const wall of walls({ ...rule, count: null }, start, { from: start, to: window.to })) {
    if (wall >= window.from) yield wall;
    seen += 1;
    if (seen >= most) return;
  }
}

function* walls(rule: RecurrenceRule, start: number, window: Window): Generator<number> {
  const to = Math.min(rule.until ?? window.to, window.to);
  const from = Math.max(window.from, start);
  if ((unitOf(rule) ?? DAY) >= DAY) return yield* dayWalls(rule, start, { from, to });
  const days = dayWalls(daysOf(rule), Math.floor(from / DAY) * DAY, { from: from - DAY, to });
  for (const day of days) {
    for (const wall of timesOfDay(rule, start, day, from)) {
      if (wall > to) return;
      yield wall;
    }
  }
}

/** The days of a rule that steps within the day. */
function daysOf({ lists, weekdays, weekStart }: RecurrenceRule): RecurrenceRule {
  const { BYSETPOS: _set, BYHOUR: _hour, BYMINUTE: _minute, BYSECOND: _second, ...days } = lists;
  return { frequency: "DAILY", interval: 1, count: null, until: null, weekStart, lists: days, weekdays };
}

function* dayWalls(rule: RecurrenceRule, start: number, { from, to }: Window): Generator<number> {
  // rrule.js pushes, a generator is pulled: small helpings first, most callers want three.
  for (let next = from, helping = 8; ; helping = Math.min(helping * 8, 1024)) {
    const found = walk(rule, start, { from: next, to }, helping);
    yield* found;
    if (found.length < helping) return;
    next = (found.at(-1) ?? to) + 1;
  }
}

function walk(rule: RecurrenceRule, start: number, { from, to }: Window, most: number): number[] {
  const { RRule } = recurrences();
  const found: number[] = [];
  const moved = moveForward(rule, start, from);
  const recurrence = new RRule(optionsOf(rule, { dtstart: new Date(moved), until: new Date(to) }), true);
  boundSteps(recurrence.options, (to - moved) / (stepOf(rule) ?? SHORTEST_MONTH * rule.interval));
  recurrence.all((date, seen) => {
    if (date.getTime() >= from) found.push(date.getTime());
    return found.length < most && seen < FARTHEST;
  });
  return found;
}

/**
 * Without a match rrule.js looks at no bound and steps on to the year 9999 (2 s for a Friday among every seventh Sunday). It does
 * look at the interval after each step and ends at 0; it reads it twice a step.
 */
function boundSteps(options: { interval: number }, steps: number): void {
  const { interval } = options;
  let reads = 2 * (Math.max(Math.ceil(steps), 0) + 2);
  Object.defineProperty(options, "interval", { get: () => (reads-- > 0 ? interval : 0) });
}

/** By whole steps, so every later date stays; one step short, as a step's dates may lie before its own start. */
function moveForward(rule: RecurrenceRule, start: number, from: number): number {
  const step = stepOf(rule);
  if (step === undefined) return start;
  const steps = Math.floor((from - start) / step) - 1;
  return steps > 0 ? start + steps * step : start;
}

function optionsOf(rule: RecurrenceRule, bounds: Pick<Options, "dtstart" | "until">): Partial<Options> {
  const { Weekday } = recurrences();
  const lists = Object.entries(rule.lists).map(([name, numbers]) => [name.toLowerCase(), numbers]);
  const weekdays = rule.weekdays.map(({ weekday, nth }) => new Weekday(weekday, nth === 0 ? undefined : nth));
  return {
    ...Object.fromEntries(lists.map(([name, numbers]) => [name, name === "byeaster" ? numbers?.[0] : numbers])),
    ...bounds,
    freq: FREQUENCIES.indexOf(rule.frequency),
    interval: rule.interval,
    wkst: rule.weekStart,
    ...(weekdays.length === 0 ? {} : { byweekday: weekdays }),
  };
}
