// Finds the dates for which no run was made in time, because no scheduler ran, of deployments whose catch-up policy wants them.
import { type Bounds, dates, MOST_DATES, type ScheduledDate } from "#domain/schedules/expand.ts";
import type { Zones } from "#domain/schedules/zone.ts";
import { toMillis } from "#lib/time/timestamps.ts";
import type { Schedule } from "#wire/deployments/schedules.ts";
import { catchesUp, type ScheduledDeployment } from "./scheduled-runs.ts";

const MINUTE = 60_000;
/** How far back the last missed date is looked for: the nearest first, as a schedule may have a thousand dates a quarter of an hour. */
const LOOKS = [10 * MINUTE, 120 * MINUTE, 1440 * MINUTE, 14 * 1440 * MINUTE, 400 * 1440 * MINUTE];

/** In order, before `bounds.start`. */
export function missedDates(
  schedule: Schedule,
  { catchup, catchup_seconds, scheduled_until }: ScheduledDeployment,
  bounds: Bounds,
  zones: Zones,
): ScheduledDate[] {
  const { start } = bounds;
  if (scheduled_until === null || !catchesUp({ catchup })) return [];
  const made = toMillis(scheduled_until);
  const between = (from: number) => {
    const within = { ...bounds, start: Math.max(from, made), end: start, limit: MOST_DATES };
    return [...dates(schedule, within, zones)].filter(({ instant }) => instant > made && instant < start);
  };
  if (made >= start) return [];
  if (catchup === "within") return between(start - (catchup_seconds ?? 0) * 1000);
  for (const look of LOOKS) {
    const last = between(start - look).at(-1);
    if (last) return [last];
    if (start - look <= made) return [];
  }
  return [];
}
