// Reads a cron pattern as the recurrence rule that says the same, so that all schedules have one style in words.
import { type CronPattern, LAST_DAY, LAST_OF_MONTH } from "./cron-pattern.ts";
import type { RecurrenceRule } from "./rrule-text.ts";
import { MOST_TIMES, ruleWords } from "./rrule-words.ts";

/** `Every week, on Monday to Friday, at 07:30`. `dayOr`: of two restricted fields of days one is enough. */
export function cronWords(pattern: CronPattern, dayOr: boolean): string {
  const { weekdays, months, days } = pattern;
  const counted = weekdays?.some(({ nth }) => nth > 0) ?? false;
  // What the scheduler does: it forgets the day of the month beside a counted weekday, unless both are asked for.
  const wanted = counted && dayOr ? null : days;
  const rule: RecurrenceRule = {
    ...{ count: null, until: null, weekStart: 0 },
    weekdays: (weekdays ?? []).map(fromMonday).sort((a, b) => a.weekday - b.weekday),
    ...{ frequency: "DAILY", interval: 1, lists: times(pattern) },
    ...(isOfClock(pattern) ? { frequency: dayFrequency(wanted, months, weekdays, counted) } : clockSteps(pattern)),
  };
  if (wanted) rule.lists.BYMONTHDAY = wanted.map((day) => (day === LAST_DAY ? -1 : day));
  if (months) rule.lists.BYMONTH = months;
  return ruleWords(rule, dayOr ? "or" : "and only");
}

function fromMonday({ weekday, nth }: { weekday: number; nth: number }) {
  return { weekday: (weekday + 6) % 7, nth: nth === LAST_OF_MONTH ? -1 : nth };
}

const times = ({ hours, minutes, seconds }: CronPattern): RecurrenceRule["lists"] => ({
  ...{ BYHOUR: hours, BYMINUTE: minutes, BYSECOND: seconds },
});

/** Whether it names a few times of day; other patterns come again and again. */
function isOfClock({ hours, minutes, seconds }: CronPattern): boolean {
  return stepOf(hours, 24) === undefined && hours.length * minutes.length * seconds.length <= MOST_TIMES;
}

/** How often within a day, and in which hours, minutes and seconds of it: those that are not restricted are left out. */
function clockSteps({
  hours,
  minutes,
  seconds,
}: CronPattern): Pick<RecurrenceRule, "frequency" | "interval" | "lists"> {
  const ofHour = hours.length === 24 ? {} : { BYHOUR: hours };
  const ofMinute = minutes.length === 60 ? {} : { BYMINUTE: minutes };
  const ofSecond = { BYSECOND: seconds };
  const second = stepOf(seconds, 60);
  if (second) return { frequency: "SECONDLY", interval: second, lists: { ...ofHour, ...ofMinute } };
  const minute = stepOf(minutes, 60);
  if (minute) return { frequency: "MINUTELY", interval: minute, lists: { ...ofHour, ...ofSecond } };
  const isFullHour = minutes.length === 1 && minutes[0] === 0;
  const lists = { ...(isFullHour ? {} : ofMinute), ...ofSecond };
  const hour = stepOf(hours, 24);
  if (hour) return { frequency: "HOURLY", interval: hour, lists };
  return { frequency: "HOURLY", interval: 1, lists: { ...ofHour, ...lists } };
}

/** n for 0, n, 2n, … where each round of `size` has equally many; 1 for all numbers. */
function stepOf(numbers: readonly number[], size: number): number | undefined {
  const step = size / numbers.length;
  const isEven = step < size && Number.isInteger(step) && numbers.every((number, index) => number === index * step);
  return isEven ? step : undefined;
}

function dayFrequency(
  days: CronPattern["days"],
  months: CronPattern["months"],
  weekdays: CronPattern["weekdays"],
  counted: boolean,
): RecurrenceRule["frequency"] {
  if (days || counted) return months ? "YEARLY" : "MONTHLY";
  return weekdays ? "WEEKLY" : "DAILY";
}
