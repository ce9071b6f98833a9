// Schedules, checked and expanded into dates: the dates of the old server, for the same evaluation time.
import { OrchError } from "#lib/errors.ts";
import { parseTimestamp, printTimestamp, type Timestamp, toMillis, toTimestamp } from "#lib/timestamps.ts";
import type { IntervalSchedule, RRuleSchedule, Schedule } from "#wire/schedules.ts";
import { cronWalls } from "./cron.ts";
import { parseCron } from "./cron-pattern.ts";
import { intervalDates } from "./interval.ts";
import { recurrenceWalls } from "./rrule.ts";
import { parseRecurrence } from "./rrule-text.ts";
import { isReachable } from "./rrule-times.ts";
import { createZones, isoText, isZone, type Zone, type Zones } from "./zone.ts";

const DAY = 86_400_000;
/** Repeated local times are dropped; after this many candidates the old server gives up (it counts past 1,000). */
const MOST_CANDIDATES = 1002;
const LONGEST_RRULE = 6500;
/** Where nobody says when to stop: what croniter looks ahead. */
const FARTHEST = 50 * 366 * DAY;

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
}

/** The schedule as it is stored, with what the server fills in. Throws the old server's sentence for one that makes no sense. */
export function checkSchedule(schedule: Schedule, now: Timestamp): Schedule {
  if ("interval" in schedule) return checkInterval(schedule, now);
  if ("cron" in schedule) {
    checkZone(schedule.timezone);
    parseCron(schedule.cron);
    return schedule;
  }
  checkRecurrence(schedule);
  checkZone(schedule.timezone);
  return { ...schedule, timezone: schedule.timezone ?? "UTC" };
}

function checkZone(name: string | null): void {
  if (name && !isZone(name)) throw new OrchError("invalid", `Invalid timezone: "${name}"`);
}

function checkInterval(schedule: IntervalSchedule, now: Timestamp): IntervalSchedule {
  // Less than a microsecond is nothing, as in the old server.
  if (!(schedule.interval >= 1e-6)) throw new OrchError("invalid", "The interval must be positive");
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

function checkRecurrence({ rrule }: RRuleSchedule): void {
  const refuse = (why: string) => new OrchError("invalid", `Invalid RRule string "${rrule}": ${why}`);
  try {
    const { start, rules } = parseRecurrence(rrule);
    if (start !== null && !rules.every((rule) => isReachable(rule, start))) {
      throw new Error("Invalid rrule byxxx generates an empty set.");
    }
  } catch (error) {
    throw refuse(error instanceof Error ? error.message : String(error));
  }
  if (rrule.length > LONGEST_RRULE) {
    const length = `Max length is ${LONGEST_RRULE}, got ${rrule.length}`;
    throw new OrchError("invalid", `Invalid RRule string "${rrule.slice(0, 40)}..."\n${length}`);
  }
}

/**
 * The dates of a checked schedule from `start` to `end`, both included, at most `limit`.
 *
 * @example
 * const schedule = { cron: "0 9 * * *", timezone: "Europe/Berlin", day_or: true };
 * const [first] = dates(schedule, { start: Date.parse("2023-06-01T08:00:00Z"), limit: 1 });
 * first?.text; // "2023-06-02T09:00:00+02:00"
 */
export function* dates(schedule: Schedule, bounds: Bounds, zones: Zones = createZones()): Generator<ScheduledDate> {
  const zone = zones.get(schedule.timezone || "UTC");
  const end = bounds.end ?? Number.POSITIVE_INFINITY;
  const clockFaces = new Set<number>();
  let candidates = 0;
  for (const { instant, wall } of momentsOf(schedule, zone, bounds)) {
    if (instant > end) return;
    candidates += 1;
    // The second pass through a repeated hour shows times that were there before: they are dropped.
    const face = instant + zone.offset(instant);
    if (!clockFaces.has(face)) yield { instant, text: isoText(zone, instant), wall: wall ?? face };
    clockFaces.add(face);
    if (clockFaces.size >= bounds.limit || candidates >= MOST_CANDIDATES) return;
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
    const timestamp = schedule.anchor_date === null ? null : parseTimestamp(schedule.anchor_date);
    const anchor = timestamp === null ? start : toMillis(timestamp);
    for (const instant of intervalDates({ length: schedule.interval * 1000, anchor }, zone, start)) yield { instant };
    return;
  }
  const from = start + zone.floor(start);
  if ("cron" in schedule) {
    // A repeated hour fires in its second pass; times that a gap swallows fire as much later.
    return yield* resolve(cronWalls(parseCron(schedule.cron), schedule.day_or, from), zone, "smaller", start);
  }
  const anchor = bounds.anchor ?? start;
  const wallAnchor = Math.floor((anchor + zone.offset(anchor)) / 1000) * 1000;
  const window = { from, to: (bounds.end ?? start + FARTHEST) + DAY };
  const walls = recurrenceWalls(parseRecurrence(schedule.rrule), wallAnchor, window);
  // Here a repeated hour fires in its first pass, and what a gap swallows as much earlier.
  yield* resolve(walls, zone, "larger", start);
}

/** In order, although near a gap the order of the clock is not that of time: there one date waits for the next. */
function* resolve(
  walls: Generator<number>,
  zone: Zone,
  choose: "larger" | "smaller",
  start: number,
): Generator<Required<Moment>> {
  let held: Required<Moment> | undefined;
  for (const wall of walls) {
    const next = { instant: zone.instant(wall, choose), wall };
    if (next.instant < start) continue;
    if (held === undefined) {
      if (zone.isSteady(next.instant)) yield next;
      else held = next;
      continue;
    }
    const inOrder: boolean = held.instant <= next.instant;
    yield inOrder ? held : next;
    held = inOrder ? next : held;
    if (!zone.isSteady(held.instant)) continue;
    yield held;
    held = undefined;
  }
  if (held !== undefined) yield held;
}
