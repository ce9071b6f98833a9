// Why a date of ours is not the old server's. Each reason is checked, not believed: `holds` looks at the dates.
import { type CronPattern, LAST_DAY, parseCron } from "#domain/schedules/cron-pattern.ts";
import { parseRecurrence } from "#domain/schedules/rrule-text.ts";
import { createZones, type Zone, type Zones } from "#domain/schedules/zone.ts";
import { ask, type Difference, isCalm, RECORDED_AT } from "./oracle.ts";

const DAY = 86_400_000;

export interface Reason {
  title: string;
  text: string;
  holds(difference: Difference, zones: Zones): boolean;
}

export const REASONS: Reason[] = [
  {
    title: "The old one gives up",
    text: "It walks from date to date without a bound, and was stopped after seconds. orch answers at once.",
    holds: ({ old }) => typeof old === "string" && old.startsWith("no end after"),
  },
  {
    title: "There is no such date",
    text: "Both find none. The old one says so by raising an error in its scheduler's log, orch by an empty list.",
    holds: ({ old, found }) => isRaised(old) && found.length === 0,
  },
  {
    title: "A day of the month beside a counted weekday",
    text:
      "croniter looks for a day that is both before it looks for the counted weekday alone; where no day can be both it " +
      "raises an error, and the schedule never runs. Where one can, it runs on the counted weekdays. orch always does.",
    holds: ({ old, schedule }) => isRaised(old) && "cron" in schedule && schedule.day_or && hasBothDays(schedule.cron),
  },
  {
    title: "Sunday as 7 beside a sixth field",
    text: "With seconds in the expression croniter no longer reads 7, nor the end of `fri-sun`, as Sunday. orch does.",
    holds: (difference, zones) => {
      const { schedule, old } = difference;
      if (!("cron" in schedule) || schedule.cron.split(/\s+/).length !== 6) return false;
      return same(ask(difference, zones, { ...schedule, cron: withoutSunday(schedule.cron) }), old);
    },
  },
  {
    title: "A rule without DTSTART",
    text:
      "The old one takes the digits of its own clock at every look, whatever the zone, so dates drift. orch counts from " +
      "the creation of the deployment, on the clocks of the schedule's zone. Asked to count from the same digits, it gives " +
      "the same dates.",
    holds: (difference, zones) => {
      const { schedule, old, zone } = difference;
      if (!("rrule" in schedule) || parseRecurrence(schedule.rrule).start !== null) return false;
      return same(ask(difference, zones, schedule, zone.instant(RECORDED_AT, "larger")), old);
    },
  },
  {
    title: "The first days after a short month",
    text:
      "A list of days that reaches beyond the end of a month makes croniter step as many days into the next one and miss " +
      "what lies there. orch misses no day of the list.",
    holds: ({ schedule, old, found, at }) => {
      if (!("cron" in schedule) || typeof old === "string") return false;
      const pattern = parseCron(schedule.cron);
      const ours = wall(found[at]);
      const length = new Date(Date.UTC(ours.getUTCFullYear(), ours.getUTCMonth(), 0)).getUTCDate();
      const last = Math.max(...(pattern.days ?? []).filter((day) => day < LAST_DAY));
      const isSteppedOver = ours.getUTCDate() <= last - length && millisAt(found, at) < millisAt(old, at);
      return isSteppedOver && isAsked(pattern, schedule.day_or, ours);
    },
  },
  {
    title: "croniter beside a clock change",
    text:
      "A day or less from a change croniter gives times that the expression does not name, or leaves out times that it " +
      "does. orch gives those that it names; what a gap swallows comes as much later, what comes twice runs once.",
    holds: ({ schedule, zone, old, found, at }) => {
      if (!("cron" in schedule) || typeof old === "string") return false;
      const pattern = parseCron(schedule.cron);
      const [theirs, ours] = [old[at], found[at]];
      if (theirs === undefined || ours === undefined || isCalm(zone, Math.min(Date.parse(theirs), Date.parse(ours)))) {
        return false;
      }
      const isOursAsked = isAsked(pattern, schedule.day_or, wall(ours)) || isMovedByGap(zone, Date.parse(ours));
      return isOursAsked && (!isAsked(pattern, schedule.day_or, wall(theirs)) || Date.parse(ours) < Date.parse(theirs));
    },
  },
  {
    title: "Whole days that lose their hour",
    text:
      "The old one looks for the first date of an interval of a day or more in elapsed time, and steps from there on the " +
      "wall clock: after a change of the clocks it is an hour off. orch counts all steps on the wall clock, from the anchor.",
    holds: ({ schedule, zone, found, at }) => {
      if (!("interval" in schedule) || schedule.interval * 1000 < DAY) return false;
      const [anchor, ours] = [Date.parse(schedule.anchor_date ?? ""), Date.parse(found[at] ?? "")];
      const steps = (ours + zone.offset(ours) - anchor - zone.offset(anchor)) / (schedule.interval * 1000);
      return steps === Math.round(steps) || isMovedByGap(zone, ours);
    },
  },
  {
    title: "An hour that comes twice",
    text:
      "The old one leaves out the second pass of the hour for intervals, and the first one for cron patterns: an hour without " +
      "runs. orch runs in both passes where a pattern has wildcards or steps; a fixed time runs once.",
    holds: ({ schedule, zone, found, at }) => {
      const ours = Date.parse(found[at] ?? "");
      const isFixed = "cron" in schedule && !parseCron(schedule.cron).isRepeated;
      return !isFixed && zone.otherPass(ours + zone.offset(ours), ours) !== undefined;
    },
  },
  {
    title: "Where winter time counts as the saving",
    text:
      "Morocco and Ireland call summer time their standard. dateutil takes that for its contrary: a time in a gap comes " +
      "later instead of earlier, and the hour after the repeated one is read an hour too early. pendulum swaps the two " +
      "passes of the repeated hour. orch treats all zones alike.",
    holds: ({ schedule, zone, old, found, at }) =>
      !("cron" in schedule) &&
      ["Africa/Casablanca", "Europe/Dublin"].includes(zone.name) &&
      !isCalm(zone, Math.min(millisAt(old, at), millisAt(found, at))),
  },
];

export function reasonOf(difference: Difference, zones: Zones = createZones()): Reason | undefined {
  return REASONS.find((reason) => reason.holds(difference, zones));
}

function isRaised(old: Difference["old"]): boolean {
  return typeof old === "string" && old.startsWith("CroniterBadDateError");
}

function same(found: string[], old: Difference["old"]): boolean {
  return typeof old !== "string" && found.join() === old.join();
}

function millisAt(list: string[] | string, at: number): number {
  return typeof list === "string" ? Number.POSITIVE_INFINITY : Date.parse(list[at] ?? "9999-01-01T00:00:00Z");
}

/** What the clock shows, as a UTC date. */
function wall(text = ""): Date {
  return new Date(`${text.slice(0, 19)}Z`);
}

function hasBothDays(cron: string): boolean {
  const { days, weekdays } = parseCron(cron);
  return days !== null && (weekdays?.some(({ nth }) => nth > 0) ?? false);
}

function withoutSunday(cron: string): string {
  const words = cron.split(/\s+/);
  const kept = parseCron(cron).weekdays?.filter(({ weekday }) => weekday !== 0);
  return kept ? words.with(4, kept.map(({ weekday }) => weekday).join()).join(" ") : cron;
}

/** Whether the expression names this time, read plainly. Counted weekdays are left to other reasons. */
function isAsked(pattern: CronPattern, dayOr: boolean, clock: Date): boolean {
  const { days, weekdays, months } = pattern;
  const tomorrow = new Date(clock.getTime() + DAY);
  const isLast = tomorrow.getUTCDate() === 1;
  const byDay = days?.some((day) => day === clock.getUTCDate() || (day === LAST_DAY && isLast));
  const byWeekday = weekdays?.some(({ weekday }) => weekday === clock.getUTCDay());
  const either = dayOr && byDay !== undefined && byWeekday !== undefined;
  return (
    pattern.seconds.includes(clock.getUTCSeconds()) &&
    pattern.minutes.includes(clock.getUTCMinutes()) &&
    pattern.hours.includes(clock.getUTCHours()) &&
    (months?.includes(clock.getUTCMonth() + 1) ?? true) &&
    (either ? byDay || byWeekday : (byDay ?? true) && (byWeekday ?? true))
  );
}

/** The clock went forward less than its own leap ago. */
function isMovedByGap(zone: Zone, instant: number): boolean {
  const leap = zone.offset(instant) - zone.offset(instant - DAY);
  return leap > 0 && zone.offset(instant - leap) < zone.offset(instant);
}
