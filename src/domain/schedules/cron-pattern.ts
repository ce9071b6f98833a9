// Cron text in croniter's dialect (1.3.14) to sets of numbers. What it refuses is refused here, before anything else reads it.
import { OrchError } from "#lib/errors.ts";
import { own } from "#lib/own.ts";

export interface CronPattern {
  minutes: number[];
  hours: number[];
  seconds: number[];
  /** Days of the month; `null` when any will do. 32 is the last day of the month. */
  days: number[] | null;
  /** `null` when any will do. */
  months: number[] | null;
  /** Sunday is 0; `null` when any will do. `nth` is 1 to 5, or 6 for the last of the month; 0 for every one. */
  weekdays: { weekday: number; nth: number }[] | null;
  /**
   * Minutes or hours are a wildcard (`*`, `*\/15`) or all there are: such a pattern fires in both passes of an hour that the
   * clocks show twice, others name a time, which fires once. The rule of Vixie's and Debian's cron.
   */
  isRepeated: boolean;
}

export const LAST_DAY = 32;
export const LAST_OF_MONTH = 6;

const ALIASES: Record<string, string> = {
  "@midnight": "0 0 * * *",
  "@hourly": "0 * * * *",
  "@daily": "0 0 * * *",
  "@weekly": "0 0 * * 0",
  "@monthly": "0 0 1 * *",
  "@yearly": "0 0 1 1 *",
  "@annually": "0 0 1 1 *",
};

interface Field {
  min: number;
  max: number;
  names: readonly string[];
  /** The number of the first name. */
  first: number;
}

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const WEEKDAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
const MINUTE: Field = { min: 0, max: 59, names: [], first: 0 };
const HOUR: Field = { min: 0, max: 23, names: [], first: 0 };
const DAY: Field = { min: 1, max: 31, names: [], first: 0 };
const MONTH: Field = { min: 1, max: 12, names: MONTHS, first: 1 };
const WEEKDAY: Field = { min: 0, max: 7, names: WEEKDAYS, first: 0 };

/** Throws with the old server's sentence for text that is no cron expression. */
export function parseCron(text: string): CronPattern {
  const lower = text.toLowerCase();
  const words = (own(ALIASES, lower) ?? lower).split(/\s+/).filter((word) => word !== "");
  if (words.some((word) => /^r(\(\d+-\d+\))?(\/\d+)?$/.test(word))) {
    throw new OrchError("invalid", `Random and Hashed expressions are unsupported, recieved: "${text}"`);
  }
  const pattern = parseWords(words);
  if (!pattern) throw new OrchError("invalid", `Invalid cron string: "${text}"`);
  return pattern;
}

function parseWords(words: string[]): CronPattern | undefined {
  const [minute, hour, day, month, weekday, second] = words;
  if (minute === undefined || hour === undefined || day === undefined) return undefined;
  if (month === undefined || weekday === undefined || words.length > 6) return undefined;
  const minutes = numbersOf(minute, MINUTE);
  const hours = numbersOf(hour, HOUR);
  const seconds = second === undefined ? [0] : numbersOf(second, MINUTE);
  // With a sixth field croniter reads day 0 as day 1.
  const days = daysOf(second === undefined ? day : day.replace(/(?<=^|,)0(?=,|$)/g, "1"));
  const months = numbersOf(month, MONTH);
  const weekdays = weekdaysOf(weekday);
  if (!minutes || !hours || !seconds || !days || !months || !weekdays) return undefined;
  return {
    minutes,
    hours,
    seconds,
    days: days.length === 31 && !days.includes(LAST_DAY) ? null : days,
    months: months.length === 12 ? null : months,
    isRepeated: /^\*/.test(minute) || /^\*/.test(hour) || minutes.length === 60 || hours.length === 24,
    weekdays: weekdays.length === 7 && weekdays.every(({ nth }) => nth === 0) ? null : weekdays,
  };
}

/** The numbers of a field in order, each once; `undefined` for a field that is not well formed. */
function numbersOf(word: string, field: Field): number[] | undefined {
  if (!word.includes(",")) return rangeOf(word, field);
  const found = new Set<number>();
  for (const part of word.split(",")) {
    const numbers = rangeOf(part, field);
    if (!numbers) return undefined;
    for (const number of numbers) found.add(number);
  }
  return [...found].sort((a, b) => a - b);
}

const PART = /^(?:(\*)|(\w+)(?:-(\w+))?)(?:\/(\d+))?$/;

function rangeOf(part: string, field: Field): number[] | undefined {
  const match = PART.exec(part);
  if (!match) return undefined;
  const [, star, from = "", to, stepText] = match;
  const step = Number(stepText ?? 1);
  const low = star ? field.min : numberOf(from, field);
  // `5/20` runs to the end of the field, a lone `5` does not.
  const high = to !== undefined ? numberOf(to, field) : star || stepText !== undefined ? field.max : low;
  if (low === undefined || high === undefined || step === 0) return undefined;
  // Sunday ends a range as 7.
  const end = field === WEEKDAY && high === 0 && low > 0 ? 7 : high;
  if (low > end || low < field.min || end > field.max) return undefined;
  const numbers: number[] = [];
  for (let number = low; number <= end; number += step) numbers.push(number);
  return numbers;
}

function numberOf(text: string, field: Field): number | undefined {
  if (/^\d+$/.test(text)) return Number(text);
  const index = field.names.indexOf(text);
  return index < 0 ? undefined : index + field.first;
}

function daysOf(word: string): number[] | undefined {
  const parts = word.split(",");
  const plain = parts.filter((part) => part !== "l").map((part) => part.replace(/-l(?=$|\/)/, "-31"));
  const numbers = plain.length === 0 ? [] : numbersOf(plain.join(","), DAY);
  return numbers && plain.length < parts.length ? [...numbers, LAST_DAY] : numbers;
}

/** `5`, `mon-fri`, `mon#2` (the second Monday), `l5` (the last Friday). Plain and counted days do not mix, as in croniter. */
function weekdaysOf(word: string): CronPattern["weekdays"] | undefined {
  const plain = new Set<number>();
  const counted: { weekday: number; nth: number }[] = [];
  for (const part of word.split(",")) {
    const special = /^(?:(\w+|[a-z]+-[a-z]+)#([1-5])|l(\d))$/.exec(part);
    const [, days = part, nth, last] = special ?? [];
    const numbers = rangeOf(last ?? days, WEEKDAY);
    if (!numbers) return undefined;
    for (const number of numbers) {
      if (special) counted.push({ weekday: number % 7, nth: last ? LAST_OF_MONTH : Number(nth) });
      else plain.add(number % 7);
    }
  }
  if (counted.length === 0) return [...plain].sort((a, b) => a - b).map((weekday) => ({ weekday, nth: 0 }));
  return [...plain].every((day) => counted.some(({ weekday }) => weekday === day)) ? counted : undefined;
}
