// Schedules as user code writes them, and as they travel.
import { OrchError } from "#lib/errors.ts";
import { isObject, type Json } from "#lib/json.ts";
import { own } from "#lib/own.ts";
import type { ScheduleInput } from "#wire/deployments/schedules.ts";

export interface Cron {
  cron: string;
  /** Such as `Europe/Berlin`. Default: UTC. */
  timezone?: string | null;
  /** Whether a day has to match the day of the month or the weekday, or both. Default: true, either. */
  dayOr?: boolean;
}

export interface Interval {
  /** Seconds, or a length of time such as `30m`, `1h` or `1d`. */
  interval: number | string;
  /** Runs are whole intervals away from it. Default: when the deployment is applied. */
  anchorDate?: Date | string | null;
  timezone?: string | null;
}

export interface RRule {
  /** Such as `FREQ=WEEKLY;BYDAY=MO`. */
  rrule: string;
  timezone?: string | null;
}

export type Schedule = Cron | Interval | RRule;

const WIRE: Record<string, string> = { dayOr: "day_or", anchorDate: "anchor_date" };

/** Throws `invalid` for what is no schedule. What is wrong inside of one, the server says. */
export function scheduleToWire(schedule: Schedule): ScheduleInput {
  const kinds = isObject(schedule) ? ["cron", "interval", "rrule"].filter((kind) => kind in schedule) : [];
  if (kinds.length !== 1)
    throw new OrchError("invalid", "A schedule has one of 'cron', 'interval' (seconds) and 'rrule'.");
  const entries = Object.entries(schedule).filter(([, value]) => value !== undefined && value !== null);
  return Object.fromEntries(
    entries.map(([key, value]) => [own(WIRE, key) ?? key, value instanceof Date ? value.toISOString() : value]),
  ) as ScheduleInput; // one kind, and the server checks the rest
}

export function scheduleFromWire(schedule: ScheduleInput): Schedule {
  const names = Object.entries(WIRE);
  return Object.fromEntries(
    Object.entries(schedule).map(([key, value]): [string, Json] => [
      names.find(([, wire]) => wire === key)?.[0] ?? key,
      value as Json, // came as JSON
    ]),
  ) as unknown as Schedule; // the same kind under the other names
}
