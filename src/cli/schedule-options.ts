// `--cron`, `--interval`, `--rrule` and what goes with them, to a schedule. Checked here, so that nothing is built for a
// schedule that the server would refuse.
import { checkSchedule } from "#domain/schedules/expand.ts";
import { systemClock, timestampNow } from "#lib/clock.ts";
import { OrchError } from "#lib/errors.ts";
import { isObject, tryParseJson } from "#lib/json.ts";
import { parseTimestamp } from "#lib/timestamps.ts";
import type { Schedule } from "#wire/schedules.ts";

export const SCHEDULE_OPTIONS = {
  cron: { type: "string", description: "A cron string, such as '0 9 * * *'." },
  interval: { type: "string", description: "Seconds between two runs." },
  "anchor-date": { type: "string", description: "A moment the intervals are counted from." },
  rrule: { type: "string", description: "A recurrence rule, such as 'FREQ=HOURLY;BYDAY=MO'." },
  timezone: { type: "string", description: "The time zone of the schedule, such as 'Europe/Berlin'." },
} as const;

export interface ScheduleFlags {
  cron: string | undefined;
  interval: string | undefined;
  "anchor-date": string | undefined;
  rrule: string | undefined;
  timezone: string | undefined;
}

/** `undefined` when no schedule was asked for. Throws `invalid` with a sentence. */
export function readSchedule(flags: ScheduleFlags): Schedule | undefined {
  const { cron, interval, rrule, timezone = null, "anchor-date": anchor } = flags;
  const given = [cron, interval, rrule].filter((flag) => flag !== undefined);
  if (given.length > 1) throw new OrchError("invalid", "Only one schedule type can be provided.");
  if (anchor !== undefined && interval === undefined) {
    throw new OrchError("invalid", "An anchor date can only be provided with an interval schedule");
  }
  if (cron !== undefined) return checked({ cron, timezone, day_or: true });
  if (interval !== undefined) return checked(intervalOf(interval, anchor, timezone));
  if (rrule !== undefined) return checked(rruleOf(rrule, timezone));
  return undefined;
}

function checked(schedule: Schedule): Schedule {
  return checkSchedule(schedule, timestampNow(systemClock));
}

function intervalOf(text: string, anchor: string | undefined, timezone: string | null): Schedule {
  const interval = Number(text);
  if (!Number.isFinite(interval))
    throw new OrchError("invalid", `The interval must be a number of seconds, not '${text}'.`);
  if (anchor !== undefined && parseTimestamp(anchor) === null) {
    throw new OrchError("invalid", `The anchor date must be a valid date string, not '${anchor}'.`);
  }
  return { interval, anchor_date: anchor ?? null, timezone };
}

/** Also as JSON: `{"rrule": …, "timezone": …}`. */
function rruleOf(text: string, timezone: string | null): Schedule {
  const parsed = tryParseJson(text);
  if (!isObject(parsed)) return { rrule: text, timezone };
  const { rrule, timezone: inner } = parsed;
  if (typeof rrule !== "string")
    throw new OrchError("invalid", `--rrule as JSON needs "rrule", as in '{"rrule": "FREQ=DAILY"}'.`);
  return { rrule, timezone: timezone ?? (typeof inner === "string" ? inner : null) };
}
