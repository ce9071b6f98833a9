// The three kinds of schedule. `domain/schedules` checks what a pattern cannot (cron dialect, time zones, rrule text).
import * as v from "valibot";
import { type In, lazy, type Out } from "./endpoint.ts";
import { bool, duration, integer, maybe, orDefault, text, timestamp } from "./primitives.ts";

export const intervalSchedule = lazy(() =>
  v.strictObject({ interval: duration(), anchor_date: maybe(text()), timezone: maybe(text()) }),
);
export const cronSchedule = lazy(() =>
  v.strictObject({ cron: text(), timezone: maybe(text()), day_or: orDefault(bool(), () => true) }),
);
export const rruleSchedule = lazy(() => v.strictObject({ rrule: text(), timezone: maybe(text()) }));

export const schedule = lazy(() => v.union([intervalSchedule(), cronSchedule(), rruleSchedule()]));

/** `interval` in seconds; `anchor_date` ISO text with its offset; both filled in by the server. */
export type IntervalSchedule = Out<typeof intervalSchedule>;
export type CronSchedule = Out<typeof cronSchedule>;
export type RRuleSchedule = Out<typeof rruleSchedule>;
export type Schedule = Out<typeof schedule>;
export type ScheduleInput = In<typeof schedule>;

/** Bounds of `POST /deployments/{id}/schedule`. */
export const scheduleRequest = lazy(() =>
  v.object({
    start_time: maybe(timestamp()),
    end_time: maybe(timestamp()),
    min_time: maybe(duration()),
    min_runs: v.optional(integer()),
    max_runs: v.optional(integer()),
  }),
);
