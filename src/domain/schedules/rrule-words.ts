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
export const MOST_TIMES = 6;
/** A longer rule is no reading for people. */
const MOST_LETTERS = 500;

/** Of a text that is no rule, the text. */
export function recurrenceWords(text: string): string {
  if (text.length > MOST_LETTERS) return `By the rule '${shortened(text, MOST_LETTERS)}'`;
  try {
    const { rules, dates, excludedRules, excludedDates } = parseRecurrence(text);
    const parts = rules.map((rule) => ruleWords(rule, "and only"));
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

/** One sentence without a full stop. `join`: how a weekday is joined to days of the month, where a rule has both. */
export function ruleWords(rule: RecurrenceRule, join: "or" | "and only"): string {
  const { frequency, interval, count: most, until, lists, weekdays } = rule;
  const unit = UNIT[frequency];
  const { BYMONTH, BYMONTHDAY, BYSETPOS, BYYEARDAY, BYWEEKNO, BYEASTER } = lists;
  const others = { BYSETPOS, BYYEARDAY, BYWEEKNO, BYEASTER };
  const ofMonth = frequency === "MONTHLY" || frequency === "YEARLY" ? "" : " of the month";
  return [
    interval === 1 ? `Every ${unit}` : `Every ${interval} ${unit}s`,
    ...(BYMONTHDAY ? [`on ${monthDayWords(BYMONTHDAY)}${ofMonth}`] : []),
    ...(weekdays.length > 0 ? [`${BYMONTHDAY ? `${join} ` : ""}on ${weekdayWords(weekdays)}`] : []),
    ...(BYMONTH ? [`in ${folded(BYMONTH, (month) => MONTHS[month - 1] ?? String(month))}`] : []),
    ...timeWords(rule),
    ...Object.entries(others).flatMap(([name, values]) => (values ? [`${name} ${values.join(", ")}`] : [])),
    ...(most === null ? [] : [`${count(most, "time")} in all`]),
    ...(until === null ? [] : [`until ${new Date(until).toISOString().slice(0, 16).replace("T", " ")}`]),
  ].join(", ");
}

function weekdayWords(weekdays: RecurrenceRule["weekdays"]): string {
  const name = (weekday: number) => DAYS[weekday] ?? String(weekday);
  if (weekdays.every(({ nth }) => nth === 0))
    return folded(
      weekdays.map(({ weekday }) => weekday),
      name,
    );
  return listed(weekdays.map(({ weekday, nth }) => `${nth === 0 ? "" : `the ${ordinal(nth)} `}${name(weekday)}`));
}

function ordinal(nth: number): string {
  if (nth === -1) return "last";
  const place = Math.abs(nth);
  const ending = place % 100 > 10 && place % 100 < 14 ? "th" : (["th", "st", "nd", "rd"][place % 10] ?? "th");
  return `${place}${ending}${nth < 0 ? " last" : ""}`;
}

/** Days that are counted from the end of the month come last. */
function monthDayWords(days: readonly number[]): string {
  const first = days.filter((day) => day > 0);
  const last = days.filter((day) => day < 0).map((day) => `the ${ordinal(day)} day`);
  return listed([...(first.length > 0 ? [numbered("day", first)] : []), ...last]);
}

function timeWords({
  frequency,
  lists: { BYHOUR: hours, BYMINUTE: minutes, BYSECOND: seconds = [0] },
}: RecurrenceRule) {
  const isOnTheMinute = seconds.length === 1 && seconds[0] === 0;
  const isOfClock = frequency !== "HOURLY" && frequency !== "MINUTELY" && frequency !== "SECONDLY";
  if (isOfClock && hours && minutes && hours.length * minutes.length * seconds.length <= MOST_TIMES) {
    const ends = isOnTheMinute ? [""] : seconds.map((second) => `:${two(second)}`);
    const times = hours.flatMap((hour) =>
      minutes.flatMap((minute) => ends.map((end) => `${two(hour)}:${two(minute)}${end}`)),
    );
    return [`at ${listed(times)}`];
  }
  return [
    ...(hours ? [`in ${numbered("hour", hours)}`] : []),
    ...(minutes ? [`at ${numbered("minute", minutes)}`] : []),
    ...(isOnTheMinute ? [] : [`at ${numbered("second", seconds)}`]),
  ];
}

const two = (number: number) => String(number).padStart(2, "0");

const numbered = (word: string, numbers: readonly number[]) =>
  `${word}${numbers.length === 1 ? "" : "s"} ${folded(numbers, String)}`;

/** `1 to 5, 7 and 9`: three in a row are one item. */
function folded(numbers: readonly number[], name: (number: number) => string): string {
  const rows: [first: number, last: number][] = [];
  for (const number of numbers) {
    const row = rows.at(-1);
    if (row && number === row[1] + 1) row[1] = number;
    else rows.push([number, number]);
  }
  const items = rows.flatMap(([first, last]) => {
    if (last - first > 1) return [`${name(first)} to ${name(last)}`];
    return first === last ? [name(first)] : [name(first), name(last)];
  });
  return listed(items);
}

/** `a, b and c`. */
const listed = (items: readonly string[]) =>
  items.length < 2 ? items.join("") : `${items.slice(0, -1).join(", ")} and ${items.at(-1)}`;
