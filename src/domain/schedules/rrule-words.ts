// Recurrence rules in words, for people.
import { shortened } from "#lib/limits.ts";
import { type Frequency, parseRecurrence, type RecurrenceRule } from "./rrule-text.ts";

const UNIT: Record<Frequency, string> = {
  ...{ YEARLY: "year", MONTHLY: "month", WEEKLY: "week", DAILY: "day" },
  ...{ HOURLY: "hour", MINUTELY: "minute", SECONDLY: "second" },
};
const DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const MONTHS = [
  ...["January", "February", "March", "April", "May", "June"],
  ...["July", "August", "September", "October", "November", "December"],
];
/** Times of day that are listed one by one. */
const MOST_TIMES = 6;
/** A longer rule is no reading for people. */
const MOST_LETTERS = 500;

/** Of a text that is no rule, the text. */
export function recurrenceWords(text: string): string {
  if (text.length > MOST_LETTERS) return `By the rule '${shortened(text, MOST_LETTERS)}'`;
  try {
    const { rules, dates, excludedRules, excludedDates } = parseRecurrence(text);
    const parts = rules.map(ruleWords);
    if (dates.length > 0)
      parts.push(
        parts.length > 0
          ? `and at ${count(dates.length, "other time")}`
          : `At ${count(dates.length, "time")} that the rule lists`,
      );
    const except = excludedRules.length + excludedDates.length;
    if (except > 0) parts.push("but for what it excludes");
    return parts.join("; ");
  } catch {
    return `By the rule '${text}'`; // the reason is what the check of the schedule says
  }
}

const count = (number: number, word: string) => `${number} ${word}${number === 1 ? "" : "s"}`;

function ruleWords({ frequency, interval, count: most, until, lists, weekdays }: RecurrenceRule): string {
  const unit = UNIT[frequency];
  const { BYMONTH, BYMONTHDAY, BYHOUR, BYMINUTE, BYSECOND, BYSETPOS, BYYEARDAY, BYWEEKNO, BYEASTER } = lists;
  const others = { BYSETPOS, BYYEARDAY, BYWEEKNO, BYEASTER };
  return [
    interval === 1 ? `Every ${unit}` : `Every ${interval} ${unit}s`,
    ...(weekdays.length > 0 ? [`on ${weekdayWords(weekdays)}`] : []),
    ...(BYMONTHDAY ? [`on ${fromStartThenEnd(BYMONTHDAY).map(dayWords).join(" and ")} of the month`] : []),
    ...(BYMONTH ? [`in ${BYMONTH.map((month) => MONTHS[month - 1]).join(", ")}`] : []),
    ...timeWords(BYHOUR, BYMINUTE, BYSECOND),
    ...Object.entries(others).flatMap(([name, values]) => (values ? [`${name} ${values.join(", ")}`] : [])),
    ...(most === null ? [] : [`${count(most, "time")} in all`]),
    ...(until === null ? [] : [`until ${new Date(until).toISOString().slice(0, 16).replace("T", " ")}`]),
  ].join(", ");
}

function weekdayWords(weekdays: RecurrenceRule["weekdays"]): string {
  const plain = weekdays.every(({ nth }) => nth === 0);
  const numbers = weekdays.map(({ weekday }) => weekday);
  const inRow =
    numbers.length > 2 && numbers.every((day, index) => index === 0 || day === (numbers[index - 1] ?? 0) + 1);
  if (plain && inRow) return `${DAYS[numbers[0] ?? 0]} to ${DAYS[numbers.at(-1) ?? 0]}`;
  return weekdays.map(({ weekday, nth }) => `${nth === 0 ? "" : `the ${ordinal(nth)} `}${DAYS[weekday]}`).join(", ");
}

function ordinal(nth: number): string {
  if (nth === -1) return "last";
  const place = Math.abs(nth);
  const ending = place % 100 > 10 && place % 100 < 14 ? "th" : (["th", "st", "nd", "rd"][place % 10] ?? "th");
  return `${place}${ending}${nth < 0 ? " last" : ""}`;
}

/** Days that are counted from the end of the month come last. */
const fromStartThenEnd = (days: readonly number[]) => [
  ...days.filter((day) => day > 0),
  ...days.filter((day) => day < 0),
];

const dayWords = (day: number) => (day > 0 ? `day ${day}` : `the ${ordinal(day)} day`);

function timeWords(
  hours: number[] | undefined,
  minutes: number[] | undefined,
  seconds: number[] | undefined,
): string[] {
  const two = (number: number) => String(number).padStart(2, "0");
  const usual = [...(seconds ?? [0])];
  const rest = usual.length === 1 && usual[0] === 0 ? [""] : usual.map((second) => `:${two(second)}`);
  if (hours && hours.length * (minutes?.length ?? 1) * rest.length <= MOST_TIMES && minutes) {
    const times = hours.flatMap((hour) =>
      minutes.flatMap((minute) => rest.map((end) => `${two(hour)}:${two(minute)}${end}`)),
    );
    return [`at ${times.join(", ")}`];
  }
  return [
    ...(hours ? [`in ${hours.length === 1 ? "hour" : "hours"} ${hours.join(", ")}`] : []),
    ...(minutes ? [`at ${minutes.length === 1 ? "minute" : "minutes"} ${minutes.join(", ")}`] : []),
    ...(seconds && rest[0] !== "" ? [`at ${seconds.length === 1 ? "second" : "seconds"} ${seconds.join(", ")}`] : []),
  ];
}
