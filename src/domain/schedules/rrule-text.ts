// Recurrence text as python-dateutil 2.8.2 reads it, to rules of wall times. Every zone in the text is dropped: the old server
// reads DTSTART, UNTIL, RDATE and EXDATE on the clocks of the schedule's own zone.

export const FREQUENCIES = ["YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY", "MINUTELY", "SECONDLY"] as const;
export type Frequency = (typeof FREQUENCIES)[number];

const LISTS = {
  BYSETPOS: [-366, 366],
  BYMONTH: [1, 12],
  BYMONTHDAY: [-31, 31],
  BYYEARDAY: [-366, 366],
  BYWEEKNO: [-53, 53],
  BYEASTER: [-366, 366],
  BYHOUR: [0, 23],
  BYMINUTE: [0, 59],
  BYSECOND: [0, 59],
} as const;
type ListName = keyof typeof LISTS;

const WEEKDAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];

export interface RecurrenceRule {
  frequency: Frequency;
  interval: number;
  count: number | null;
  /** Wall time, itself included. */
  until: number | null;
  /** Monday is 0. */
  weekStart: number;
  lists: Partial<Record<ListName, number[]>>;
  /** `nth` 0 is every one; −1 the last. */
  weekdays: { weekday: number; nth: number }[];
}

export interface RecurrenceSet {
  /** DTSTART; `null` when the text has none. */
  start: number | null;
  rules: RecurrenceRule[];
  dates: number[];
  excludedRules: RecurrenceRule[];
  excludedDates: number[];
}

interface Clock {
  wall: number;
  zoned: boolean;
}

/** Throws an `Error` whose message is the reason; dateutil's words where it has some. */
export function parseRecurrence(text: string): RecurrenceSet {
  const lines = text
    .toUpperCase()
    .split(/\s+/)
    .filter((line) => line !== "");
  if (lines.length === 0) throw new Error("empty string");
  const values = new Map<string, string[]>();
  for (const line of lines) {
    const { name, value } = propertyOf(line, text);
    values.set(name, [...(values.get(name) ?? []), value]);
  }
  const clocks = (name: string) => (values.get(name) ?? []).flatMap((value) => value.split(",").map(parseClock));
  const walls = (name: string) =>
    clocks(name)
      .map(({ wall }) => wall)
      .sort((a, b) => a - b);
  const starts = clocks("DTSTART");
  const start = starts.at(-1);
  const zoned = start?.zoned;
  const set: RecurrenceSet = {
    start: start?.wall ?? null,
    rules: (values.get("RRULE") ?? []).map((rule) => parseRule(rule, zoned)),
    dates: walls("RDATE"),
    excludedRules: (values.get("EXRULE") ?? []).map((rule) => parseRule(rule, zoned)),
    excludedDates: walls("EXDATE"),
  };
  if (values.size === 1 && start) throw new Error("DTSTART needs an RRULE or RDATE");
  return set;
}

const PROPERTIES = ["RRULE", "RDATE", "EXRULE", "EXDATE", "DTSTART"];

/** `NAME;PARAMETER:value`; a line without a colon is a rule. */
function propertyOf(line: string, text: string): { name: string; value: string } {
  const colon = line.indexOf(":");
  if (colon < 0) return { name: "RRULE", value: line };
  const [name = "", ...parameters] = line.slice(0, colon).split(";");
  if (!PROPERTIES.includes(name)) throw new Error(`unsupported property: ${name}`);
  for (const parameter of parameters) {
    const known = name === "DTSTART" || name === "EXDATE" ? /^(TZID=.*|VALUE=DATE(-TIME)?)$/ : /^VALUE=DATE-TIME$/;
    const fits = known.test(parameter) && !name.endsWith("RULE");
    if (!fits)
      throw new Error(
        `unsupported ${name.startsWith("D") || name === "EXDATE" ? "parm" : `${name} parm`}: ${parameter}`,
      );
  }
  const value = line.slice(colon + 1);
  if (name === "DTSTART" && value.includes(",")) throw new Error(`Multiple DTSTART values specified:${value}`);
  // A zone by name makes a start "aware" as its Z does: what UNTIL must look like hangs on it.
  const named = name === "DTSTART" && /TZID=[^:]+:/i.test(text) && !value.endsWith("Z");
  return { name, value: named ? `${value}Z` : value };
}

const DATE = /^(\d{4})-?(\d{2})-?(\d{2})(?:T(\d{2})(?::?(\d{2}))?(?::?(\d{2}))?(?:\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?$/;

function parseClock(text: string): Clock {
  const match = DATE.exec(text);
  if (!match) throw new Error(`Unknown string format: ${text}`);
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match
    .slice(1, 7)
    .map((part) => Number(part ?? 0));
  // Date.UTC takes the years 0 to 99 for those of 1900.
  const wall = new Date(Date.UTC(2000, 0, 1, hour, minute, second)).setUTCFullYear(year, month - 1, day);
  const exact = new Date(wall).toISOString().slice(0, 19).replace(/\D/g, "");
  const written = [month, day, hour, minute, second].map((part) => String(part).padStart(2, "0")).join("");
  if (exact !== String(year).padStart(4, "0") + written) throw new Error(`Unknown string format: ${text}`);
  return { wall, zoned: match[7] !== undefined };
}

/** Without a DTSTART dateutil makes one that goes with UNTIL. */
function parseRule(text: string, zonedStart: boolean | undefined): RecurrenceRule {
  const rule: RecurrenceRule = {
    frequency: "YEARLY",
    interval: 1,
    count: null,
    until: null,
    weekStart: 0,
    lists: {},
    weekdays: [],
  };
  const seen = new Set<string>();
  for (const pair of text.split(";")) {
    const parts = pair.split("=");
    if (parts.length < 2) throw new Error(`not enough values to unpack (expected 2, got ${parts.length})`);
    if (parts.length > 2) throw new Error("too many values to unpack (expected 2)");
    const [name = "", value = ""] = parts;
    seen.add(name);
    if (!readPart(rule, name, value)) throw new Error(`invalid '${name}': ${value}`);
    if (name === "UNTIL" && zonedStart !== undefined && parseClock(value).zoned !== zonedStart) {
      throw new Error("RRULE UNTIL values must be specified in UTC when DTSTART is timezone-aware");
    }
  }
  if (!seen.has("FREQ")) throw new Error("FREQ is missing");
  return rule;
}

/** False when the value does not fit the name. */
function readPart(rule: RecurrenceRule, name: string, value: string): boolean {
  switch (name) {
    case "FREQ": {
      const frequency = FREQUENCIES.find((known) => known === value);
      rule.frequency = frequency ?? rule.frequency;
      return frequency !== undefined;
    }
    case "INTERVAL":
      rule.interval = Number(value);
      return /^\d{1,9}$/.test(value) && rule.interval > 0;
    case "COUNT":
      rule.count = Number(value);
      return /^\d{1,15}$/.test(value);
    case "UNTIL":
      if (!DATE.test(value)) throw new Error("invalid until date");
      rule.until = parseClock(value).wall;
      return true;
    case "WKST":
      rule.weekStart = WEEKDAYS.indexOf(value);
      return rule.weekStart >= 0;
    case "BYDAY":
    case "BYWEEKDAY":
      return value.split(",").every((day) => readWeekday(rule, day));
    default:
      return readList(rule, name, value);
  }
}

/** `MO`, `-1FR`, `FR(-1)`. */
function readWeekday(rule: RecurrenceRule, text: string): boolean {
  const [, before, name = "", after] = /^([+-]?\d+)?([A-Z]{2})(?:\(([+-]?\d+)\))?$/.exec(text) ?? [];
  const weekday = WEEKDAYS.indexOf(name);
  const nth = Number(before ?? after ?? 0);
  rule.weekdays.push({ weekday, nth });
  return weekday >= 0 && (nth !== 0 || (before === undefined && after === undefined));
}

function readList(rule: RecurrenceRule, name: string, value: string): boolean {
  if (!isListName(name)) throw new Error(`unknown parameter '${name}'`);
  const [low, high] = LISTS[name];
  const numbers = value.split(",").map((part) => (/^[+-]?\d+$/.test(part) ? Number(part) : Number.NaN));
  rule.lists[name] = [...new Set(numbers)].sort((a, b) => a - b);
  if (name === "BYSETPOS" && numbers.includes(0))
    throw new Error("bysetpos must be between 1 and 366, or between -366 and -1");
  const clock = {
    BYHOUR: "hour must be in 0..23",
    BYMINUTE: "minute must be in 0..59",
    BYSECOND: "second must be in 0..59",
  };
  const outside = numbers.some((number) => number < low || number > high);
  if (outside && Object.hasOwn(clock, name)) throw new Error(clock[name as keyof typeof clock]); // just found in it
  // One Easter is all that rrule counts from, and only year by year.
  if (name === "BYEASTER" && numbers.length > 1) return false;
  return numbers.every((number) => number >= low && number <= high);
}

function isListName(name: string): name is ListName {
  return Object.hasOwn(LISTS, name);
}
