// Asks rrule.js for the days of a rule: wall midnights, in small portions, with every step counted.
import type { Options } from "rrule";
import type { Budget } from "./budget.ts";
import { recurrences } from "./recurrences.ts";
import { FREQUENCIES, type Frequency, type RecurrenceRule } from "./rrule-text.ts";
import { stepOf } from "./rrule-times.ts";
import type { Window } from "./window.ts";

const DAY = 86_400_000;
/** Least and most days of a step of one. */
const LENGTHS: Partial<Record<Frequency, { least: number; most: number }>> = {
  YEARLY: { least: 365, most: 366 },
  MONTHLY: { least: 28, most: 31 },
};
const WEEK = { least: 7, most: 7 };
/** What rrule.js needs for one step, in steps of ours: 4 to 11 µs. Easter is computed again in each. */
const COST: Partial<Record<Frequency, number>> = { YEARLY: 120, MONTHLY: 50, WEEKLY: 50 };
const COST_OF_EASTER = 200;
/** It goes over several weeks month by month. */
const COST_OF_WEEK = 1;
const COST_OF_OPENING = 200;

/** In order. `start` is a wall midnight; the rule has no times of day, and its COUNT and UNTIL are the caller's. */
export function daysOf(rule: RecurrenceRule, start: number, window: Window, budget: Budget): Generator<number> {
  return rule.frequency === "DAILY" ? everyDay(rule, start, window, budget) : libraryDays(rule, start, window, budget);
}

/** rrule.js looks at single days a hundred times slower than at years, so it is asked for the matching days of years. */
function* everyDay(rule: RecurrenceRule, start: number, window: Window, budget: Budget): Generator<number> {
  const { BYSETPOS, ...lists } = rule.lists;
  // A step is one day: its first is its last.
  if (BYSETPOS && !BYSETPOS.includes(1) && !BYSETPOS.includes(-1)) return;
  const step = rule.interval * DAY;
  const from = Math.max(start, window.from);
  if (Object.keys(lists).length === 0 && rule.weekdays.length === 0) {
    for (let day = start + Math.ceil((from - start) / step) * step; day <= window.to; day += step) {
      budget.spend(1);
      yield day;
    }
    return;
  }
  const weekdays = rule.weekdays.map(({ weekday }) => ({ weekday, nth: 0 }));
  const months = Object.keys(lists).every((name) => name === "BYMONTH") && weekdays.length === 0;
  const days = months ? { BYMONTHDAY: Array.from({ length: 31 }, (_, index) => index + 1) } : {};
  const yearly: RecurrenceRule = { ...rule, frequency: "YEARLY", interval: 1, lists: { ...days, ...lists }, weekdays };
  for (const day of libraryDays(yearly, from, { ...window, from }, budget)) {
    budget.spend(1);
    if ((day - start) % step === 0) yield day;
  }
}

function* libraryDays(rule: RecurrenceRule, start: number, { from, to }: Window, budget: Budget): Generator<number> {
  // rrule.js pushes, a generator is pulled: small portions first, most callers want three.
  for (let next = from, most = 8; ; most = Math.min(most * 8, 1024)) {
    const found = portionOf(rule, start, { from: next, to }, most, budget);
    yield* found;
    budget.spend(0);
    if (found.length < most) return;
    next = (found.at(-1) ?? to) + 1;
  }
}

function portionOf(rule: RecurrenceRule, start: number, { from, to }: Window, most: number, budget: Budget): number[] {
  const { RRule } = recurrences();
  const moved = moveForward(rule, start, from);
  const found: number[] = [];
  if (moved.start > to) return found;
  const recurrence = new RRule(optionsOf(moved.rule, { dtstart: new Date(moved.start), until: new Date(to) }), true);
  const { least, most: longest } = LENGTHS[rule.frequency] ?? WEEK;
  const cost = (COST[rule.frequency] ?? 0) + (rule.lists.BYEASTER ? COST_OF_EASTER : 0);
  const stepCost = cost + (rule.frequency === "WEEKLY" ? rule.interval * COST_OF_WEEK : 0);
  const steps = Math.floor((to - moved.start + longest * DAY) / (least * rule.interval * DAY));
  budget.take(COST_OF_OPENING + cost);
  boundSteps(recurrence.options, Math.min(steps, budget.left() / stepCost), () => budget.take(stepCost));
  recurrence.all((date) => {
    budget.take(1);
    if (date.getTime() >= from) found.push(date.getTime());
    return found.length < most;
  });
  return found;
}

/**
 * Lets rrule.js go on by so many steps after the first. Without a match it looks at no bound and goes on to the year 9999 (2 s for
 * a Friday among every seventh Sunday). It does look at the interval after each step and ends at 0: it reads it once at first,
 * then twice a step.
 */
function boundSteps(options: { interval: number }, steps: number, onStep: () => void): void {
  const { interval } = options;
  let reads = 2 * Math.max(Math.floor(steps), 0) + 1;
  Object.defineProperty(options, "interval", {
    get() {
      if (reads > 0 && reads % 2 === 0) onStep();
      reads -= 1;
      return reads >= 0 ? interval : 0;
    },
  });
}

/** By whole steps, so every later date stays; one step short, as a step's dates may lie before its own start. */
function moveForward(rule: RecurrenceRule, start: number, from: number): { rule: RecurrenceRule; start: number } {
  const step = stepOf(rule);
  if (step === undefined) return moveMonths(rule, start, from);
  const steps = Math.floor((from - start) / step) - 1;
  return { rule, start: steps > 0 ? start + steps * step : start };
}

/** Months and years start on their first day: what the rule took from the day of its start becomes a list. */
function moveMonths(rule: RecurrenceRule, start: number, from: number): { rule: RecurrenceRule; start: number } {
  const step = rule.frequency === "YEARLY" ? 12 * rule.interval : rule.interval;
  const [begin, wanted] = [new Date(start), new Date(from)];
  const months = (wanted.getUTCFullYear() - begin.getUTCFullYear()) * 12 + wanted.getUTCMonth() - begin.getUTCMonth();
  const steps = Math.floor(months / step) - 1;
  if (steps <= 0) return { rule, start };
  const first = rule.frequency === "YEARLY" ? 0 : begin.getUTCMonth();
  const moved = new Date(0);
  moved.setUTCFullYear(begin.getUTCFullYear(), first + steps * step, 1);
  return { rule: { ...rule, lists: { ...defaultsOf(rule, begin), ...rule.lists } }, start: moved.getTime() };
}

function defaultsOf({ frequency, lists, weekdays }: RecurrenceRule, begin: Date): RecurrenceRule["lists"] {
  const { BYWEEKNO, BYYEARDAY, BYMONTHDAY, BYEASTER } = lists;
  if (BYWEEKNO || BYYEARDAY || BYMONTHDAY || BYEASTER || weekdays.length > 0) return {};
  const month = frequency === "YEARLY" ? { BYMONTH: [begin.getUTCMonth() + 1] } : {};
  return { ...month, BYMONTHDAY: [begin.getUTCDate()] };
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
