// Lists the wall times of a cron pattern, day by day. croner says which days match, the times of a day are ours to list: most
// patterns take every day or some weekdays and never load croner (2 ms).
import { MOST_SCHEDULE_DAYS } from "#lib/limits.ts";
import type { Budget } from "./budget.ts";
import { timesOf } from "./clock-times.ts";
import { type CronPattern, LAST_DAY, LAST_OF_MONTH } from "./cron-pattern.ts";
import type { Window } from "./window.ts";

const DAY = 86_400_000;

/** In order. Ends after 50 years without a match, as croniter does. */
export function* cronWalls(pattern: CronPattern, dayOr: boolean, window: Window, budget: Budget): Generator<number> {
  const first = Math.floor(window.from / DAY) * DAY;
  let matched = first;
  for (const day of matchingDays(pattern, dayOr, first)) {
    if (day > Math.min(window.to, matched + MOST_SCHEDULE_DAYS * DAY)) return;
    // Each day between costs a look, here or in croner.
    budget.spend((day - matched) / DAY + 1);
    matched = day;
    yield* timesOf(day, pattern, window.from);
  }
}

function* matchingDays(pattern: CronPattern, dayOr: boolean, first: number): Generator<number> {
  const isPlain = !pattern.days && !pattern.months && !pattern.weekdays?.some(({ nth }) => nth > 0);
  if (isPlain) {
    const wanted = pattern.weekdays && new Set(pattern.weekdays.map(({ weekday }) => weekday));
    for (let day = first; ; day += DAY) if (!wanted || wanted.has(weekdayOf(day))) yield day;
  }
  // Loaded when a pattern first counts days or names months: an engine or a command never does.
  const { Cron } = require("croner") as typeof import("croner"); // a bundled package: its type is known
  const days = new Cron(dayPattern(pattern, dayOr), { utcOffset: 0, domAndDow: !dayOr, mode: "6-part" });
  for (let day = days.nextRun(new Date(first - 1)); day; day = days.nextRun(day)) yield day.getTime();
}

/** The first of January 1970 was a Thursday. */
function weekdayOf(day: number): number {
  return (((day / DAY + 4) % 7) + 7) % 7;
}

/** croner's own dialect, numbers only: what it reads differently from croniter never reaches it. */
function dayPattern({ days, months, weekdays }: CronPattern, dayOr: boolean): string {
  // croniter forgets the day of the month beside a counted weekday, unless both are asked for.
  const counted = weekdays?.some(({ nth }) => nth > 0) ?? false;
  const dayField = days && !(counted && dayOr) ? days.map((day) => (day === LAST_DAY ? "L" : day)).join() : "*";
  const weekdayField = weekdays?.map(({ weekday, nth }) => weekday + suffixOf(nth)).join();
  return `0 0 0 ${dayField} ${months?.join() ?? "*"} ${weekdayField ?? "*"}`;
}

function suffixOf(nth: number): string {
  if (nth === 0) return "";
  return nth === LAST_OF_MONTH ? "#L" : `#${nth}`;
}
