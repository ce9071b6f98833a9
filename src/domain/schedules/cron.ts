// Wall times of a cron pattern. croner says which days match; the times of a day are ours to list: most patterns take every
// day or some weekdays and never load croner (2 ms), and no date costs more than one look-up of a day (7–17 µs, plus 26 µs per pattern).
import { type CronPattern, LAST_DAY, LAST_OF_MONTH } from "./cron-pattern.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** In order, from `from` on. Ends where no later day can match. */
export function* cronWalls(pattern: CronPattern, dayOr: boolean, from: number): Generator<number> {
  const times = { ...pattern, seconds: pattern.seconds.map((second) => second * SECOND) };
  for (const day of matchingDays(pattern, dayOr, Math.floor(from / DAY) * DAY)) {
    yield* timesOf(day, times, from);
  }
}

/** Whole hours and minutes before `from` are skipped without looking at what is in them. */
function* timesOf(day: number, { hours, minutes, seconds }: CronPattern, from: number): Generator<number> {
  for (const hour of hours) {
    const hourStart = day + hour * HOUR;
    if (hourStart + HOUR <= from) continue;
    for (const minute of minutes) {
      const minuteStart = hourStart + minute * MINUTE;
      if (minuteStart + MINUTE <= from) continue;
      for (const second of seconds) if (minuteStart + second >= from) yield minuteStart + second;
    }
  }
}

function* matchingDays(pattern: CronPattern, dayOr: boolean, first: number): Generator<number> {
  const plain = !pattern.days && !pattern.months && !pattern.weekdays?.some(({ nth }) => nth > 0);
  if (plain) {
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
