// Lists the wall times of a cron pattern, day by day: a day is one look at the calendar, however many times it has.
import { MOST_SCHEDULE_DAYS } from "#lib/limits.ts";
import type { Budget } from "./budget.ts";
import { timesOf } from "./clock-times.ts";
import { type CronPattern, LAST_DAY, LAST_OF_MONTH } from "./cron-pattern.ts";
import type { Window } from "./window.ts";

const DAY = 86_400_000;

/** In order. Ends after 50 years without a match, as croniter does. */
export function* cronWalls(pattern: CronPattern, dayOr: boolean, window: Window, budget: Budget): Generator<number> {
  const matches = dayTest(pattern, dayOr);
  const first = Math.floor(window.from / DAY) * DAY;
  for (let day = first, matched = first; day <= Math.min(window.to, matched + MOST_SCHEDULE_DAYS * DAY); day += DAY) {
    budget.spend(1);
    if (!matches(day)) continue;
    matched = day;
    yield* timesOf(day, pattern, window.from);
  }
}

function dayTest({ days, months, weekdays }: CronPattern, dayOr: boolean): (day: number) => boolean {
  // croniter forgets the day of the month beside a counted weekday, unless both are asked for.
  const isCounted = weekdays?.some(({ nth }) => nth > 0) ?? false;
  const wanted = isCounted && dayOr ? null : days;
  if (!wanted && !months && !isCounted) {
    const plain = new Set(weekdays?.map(({ weekday }) => weekday));
    return weekdays ? (day) => plain.has(weekdayOf(day)) : () => true;
  }
  return (day) => {
    const date = new Date(day);
    if (months && !months.includes(date.getUTCMonth() + 1)) return false;
    const number = date.getUTCDate();
    const left = daysIn(date) - number;
    const fitsDay = !wanted || wanted.includes(number) || (left === 0 && wanted.includes(LAST_DAY));
    const fitsWeekday = !weekdays || weekdays.some((one) => isWeekday(one, weekdayOf(day), number, left));
    return wanted && weekdays && dayOr ? fitsDay || fitsWeekday : fitsDay && fitsWeekday;
  };
}

/** `number` is the day of the month, `left` how many come after it. */
function isWeekday(
  { weekday, nth }: { weekday: number; nth: number },
  given: number,
  number: number,
  left: number,
): boolean {
  if (weekday !== given) return false;
  if (nth === 0) return true;
  return nth === LAST_OF_MONTH ? left < 7 : Math.ceil(number / 7) === nth;
}

function daysIn(date: Date): number {
  return new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
}

/** The first of January 1970 was a Thursday. */
function weekdayOf(day: number): number {
  return (((day / DAY + 4) % 7) + 7) % 7;
}
