// Schedules, checked and expanded into dates: the old server's dates for the same evaluation time, but for its faults beside
// clock changes (README, "Differences").
import { OrchError } from "#lib/errors.ts";
import {
  MOST_COUNTED_DATES,
  MOST_CRON_LETTERS,
  MOST_INTERVAL_DAYS,
  MOST_RRULE_LETTERS,
  MOST_SCHEDULE_DAYS,
  shortened,
} from "#lib/limits.ts";
import { parseTimestamp, printTimestamp, type Timestamp, toMillis, toTimestamp } from "#lib/time/timestamps.ts";
import type { IntervalSchedule, RRuleSchedule, Schedule } from "#wire/deployments/schedules.ts";
import { type Budget, createBudget, TooCostly } from "./budget.ts";
import { cronWalls } from "./cron.ts";
import { parseCron } from "./cron-pattern.ts";
import { intervalDates } from "./interval.ts";
import { isCountedSlowly, isRepeatedRule, recurrenceWalls } from "./rrule.ts";
import { parseRecurrence } from "./rrule-text.ts";
import { isReachable } from "./rrule-times.ts";
import { createZones, isoText, isZone, type Zone, type Zones } from "./zone.ts";

const DAY = 86_400_000;
/** The most dates of one calculation. Prefect's server has the same limit. */
export const MOST_DATES = 1002;
/** The start of the last day of the year 9999, less a day for its zone: no date is later. */
const LAST = Date.UTC(9999, 11, 30);

export interface ScheduledDate {
  /** Milliseconds since 1970. */
  instant: number;
  /** ISO text in the schedule's zone: a part of the run's idempotency key. */
  text: string;
  /** The wall time that the schedule names; the clock shows another where a gap swallowed it. */
  wall: number;
}

export interface Bounds {
  start: number;
  end?: number;
  limit: number;
  /** Stands in for the DTSTART that a recurrence rule lacks; `start` when it is left out. */
  anchor?: number;
  /** Counts the steps; a new one when it is left out. */
  budget?: Budget;
}

/**
 * The schedule as it is stored, with what the server fills in. Throws the old server's sentence for one that makes no sense.
 * Several that are checked together share a budget.
 */
export function checkSchedule(schedule: Schedule, now: Timestamp, budget = createBudget()): Schedule {
  if ("interval" in schedule) return checkInterval(schedule, now);
  if ("cron" in schedule) {
    checkZone(schedule.timezone);
    requireShortCron(schedule.cron);
    parseCron(schedule.cron);
    return schedule;
  }
  requireShortRule(schedule.rrule);
  checkRecurrence(schedule, budget);
  checkZone(schedule.timezone);
  requireAffordable(schedule, toMillis(now), budget);
  return { ...schedule, timezone: schedule.timezone ?? "UTC" };
}

/** Less than a microsecond is nothing, as in the old server. */
function requirePositive(interval: number): void {
  if (!(interval >= 1e-6 && Number.isFinite(interval))) throw new OrchError("invalid", "The interval must be positive");
}

function checkZone(name: string | null): void {
  if (name && !isZone(name)) throw new OrchError("invalid", `Invalid timezone: "${shortened(name)}"`);
}

function requireShortCron(cron: string): void {
  if (cron.length <= MOST_CRON_LETTERS) return;
  const length = `Max length is ${MOST_CRON_LETTERS}, got ${cron.length}`;
  throw new OrchError("invalid", `Invalid cron string: "${cron.slice(0, 40)}..."\n${length}`);
}

function requireShortRule(rrule: string): void {
  if (rrule.length <= MOST_RRULE_LETTERS) return;
  const length = `Max length is ${MOST_RRULE_LETTERS}, got ${rrule.length}`;
  throw new OrchError("invalid", `Invalid RRule string "${rrule.slice(0, 40)}..."\n${length}`);
}

/** The next date of a rule must be found, or be known not to be there, within the limit. */
function requireAffordable(schedule: RRuleSchedule, now: number, budget: Budget): void {
  dates(schedule, { start: now, limit: 1, budget }).next();
}

function checkInterval(schedule: IntervalSchedule, now: Timestamp): IntervalSchedule {
  requirePositive(schedule.interval);
  if (schedule.interval > (MOST_INTERVAL_DAYS * DAY) / 1000) {
    throw new OrchError("invalid", `The interval must be at most ${MOST_INTERVAL_DAYS} days`);
  }
  checkZone(schedule.timezone);
  const anchor = schedule.anchor_date === null ? now : anchorText(schedule.anchor_date);
  return { ...schedule, anchor_date: anchor, timezone: schedule.timezone || "UTC" };
}

/** The anchor keeps its offset, as the old server prints it; without one it is UTC. */
function anchorText(text: string): string {
  const timestamp = parseTimestamp(text);
  if (timestamp === null) throw new OrchError("invalid", "invalid datetime format");
  const [, sign, hours = "0", minutes = "0"] = /([+-])(\d{2}):?(\d{2})?$/.exec(text.slice(10)) ?? [];
  const ahead = (Number(hours) * 60 + Number(minutes)) * (sign === "-" ? -60_000 : 60_000);
  if (sign === undefined || ahead === 0) return printTimestamp(timestamp);
  const wall = printTimestamp(toTimestamp(toMillis(timestamp) + ahead)).slice(0, -6);
  return `${wall}${sign}${hours.padStart(2, "0")}:${minutes.padStart(2, "0")}`;
}

function checkRecurrence({ rrule }: RRuleSchedule, budget: Budget): void {
  const refuse = (why: string) => new OrchError("invalid", `Invalid RRule string "${rrule}": ${why}`);
  try {
    const { start, rules, excludedRules } = parseRecurrence(rrule);
    if (start !== null && !rules.every((rule) => isReachable(rule, start, budget))) {
      throw new Error("Invalid rrule byxxx generates an empty set.");
    }
    if ([...rules, ...excludedRules].some((rule) => isCountedSlowly(rule) && (rule.count ?? 0) > MOST_COUNTED_DATES)) {
      throw new Error(`COUNT is at most ${MOST_COUNTED_DATES} in a rule with BY lists and more than one date a day`);
    }
  } catch (error) {
    throw refuse(error instanceof Error ? error.message : String(error));
  }
}

/**
 * The dates of a checked schedule from `start` to `end`, both included, at most `limit`. Ends where the budget ends, and throws
 * a TooCostly when it found no date until then.
 *
 * @example
 * const schedule = { cron: "0 9 * * *", timezone: "Europe/Berlin", day_or: true };
 * const [first] = dates(schedule, { start: Date.parse("2023-06-01T08:00:00Z"), limit: 1 });
 * first?.text; // "2023-06-02T09:00:00+02:00"
 */
export function* dates(schedule: Schedule, bounds: Bounds, zones: Zones = createZones()): Generator<ScheduledDate> {
  const zone = zones.get(schedule.timezone || "UTC");
  const most = Math.min(bounds.limit, MOST_DATES);
  let found = 0;
  try {
    for (const { instant, wall } of momentsOf(schedule, zone, bounds)) {
      if (found >= most || instant > Math.min(bounds.end ?? LAST, LAST)) return;
      found += 1;
      yield { instant, text: isoText(zone, instant), wall: wall ?? instant + zone.offset(instant) };
      if (found >= most) return;
    }
  } catch (error) {
    if (!(error instanceof TooCostly && found > 0)) throw error;
  }
}

interface Moment {
  instant: number;
  /** Intervals name none. */
  wall?: number;
}

function* momentsOf(schedule: Schedule, zone: Zone, bounds: Bounds): Generator<Moment> {
  const { start } = bounds;
  if ("interval" in schedule) {
    requirePositive(schedule.interval);
    const timestamp = schedule.anchor_date === null ? null : parseTimestamp(schedule.anchor_date);
    const anchor = timestamp === null ? start : toMillis(timestamp);
    for (const instant of intervalDates({ length: schedule.interval * 1000, anchor }, zone, start)) yield { instant };
    return;
  }
  const from = start + zone.floor(start);
  const budget = bounds.budget ?? createBudget();
  const end = Math.min(bounds.end ?? LAST, LAST) + DAY;
  if ("cron" in schedule) {
    requireShortCron(schedule.cron);
    const pattern = parseCron(schedule.cron);
    const walls = cronWalls(pattern, schedule.day_or, { from, to: end }, budget);
    // A fixed time of a repeated hour fires in its second pass; times that a gap swallows fire as much later.
    return yield* resolve(walls, zone, { choose: "smaller", isRepeated: pattern.isRepeated }, start);
  }
  const anchor = bounds.anchor ?? start;
  const wallAnchor = Math.floor((anchor + zone.offset(anchor)) / 1000) * 1000;
  const window = { from, to: Math.min(end, start + MOST_SCHEDULE_DAYS * DAY) };
  requireShortRule(schedule.rrule);
  const set = parseRecurrence(schedule.rrule);
  const walls = recurrenceWalls(set, wallAnchor, window, budget);
  // Here a fixed time of a repeated hour fires in its first pass, and what a gap swallows as much earlier.
  yield* resolve(walls, zone, { choose: "larger", isRepeated: set.rules.some(isRepeatedRule) }, start);
}

interface Reading {
  choose: "larger" | "smaller";
  /** Whether an hour that the clocks show twice fires in both passes. */
  isRepeated: boolean;
}

/** In order, each instant once, although near a change the order of the clock is not that of time. */
function* resolve(
  walls: Generator<number>,
  zone: Zone,
  { choose, isRepeated }: Reading,
  start: number,
): Generator<Required<Moment>> {
  /** Sorted; each waits until no later wall time can come before it. */
  let held: Required<Moment>[] = [];
  let last = Number.NEGATIVE_INFINITY;
  function* release(until: number): Generator<Required<Moment>> {
    const ready = held.filter(({ instant }) => instant <= until);
    held = held.slice(ready.length);
    for (const moment of ready) {
      if (moment.instant > last) yield moment;
      last = moment.instant;
    }
  }
  for (const wall of walls) {
    const first = zone.instant(wall, choose);
    if (held.length === 0 && zone.isSteady(first)) {
      if (first >= start) yield { instant: first, wall };
      continue;
    }
    const second = isRepeated ? zone.otherPass(wall, first) : undefined;
    const added = [first, ...(second === undefined ? [] : [second])].filter((instant) => instant >= start);
    if (added.length > 0) held = [...held, ...added.map((instant) => ({ instant, wall }))].sort(byInstant);
    yield* release(zone.earliest(wall));
  }
  yield* release(Number.POSITIVE_INFINITY);
}

function byInstant(a: Moment, b: Moment): number {
  return a.instant - b.instant;
}
