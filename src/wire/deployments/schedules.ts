// The three kinds of schedule. `domain/schedules` checks what a pattern cannot (cron dialect, time zones, rrule text).
import * as v from "valibot";
import { type In, lazy, type Out, shape, strictShape } from "../endpoint.ts";
import { nullAs } from "../filters.ts";
import { bool, duration, integer, maybe, orDefault, text, timestamp } from "../primitives.ts";

export const intervalSchedule = strictShape(() => ({
  interval: duration(),
  anchor_date: maybe(text()),
  timezone: maybe(text()),
}));
export const cronSchedule = strictShape(() => ({
  cron: text(),
  timezone: maybe(text()),
  day_or: orDefault(bool(), () => true),
}));
export const rruleSchedule = strictShape(() => ({ rrule: text(), timezone: maybe(text()) }));

export const schedule = lazy(() => v.union([intervalSchedule(), cronSchedule(), rruleSchedule()]));

/** `interval` in seconds; `anchor_date` ISO text with its offset; both filled in by the server. */
export type IntervalSchedule = Out<typeof intervalSchedule>;
export type CronSchedule = Out<typeof cronSchedule>;
export type RRuleSchedule = Out<typeof rruleSchedule>;
export type Schedule = Out<typeof schedule>;
export type ScheduleInput = In<typeof schedule>;

/** Bounds of `POST /deployments/{id}/schedule`. */
export const scheduleRequest = shape(() => ({
  start_time: maybe(timestamp()),
  end_time: maybe(timestamp()),
  min_time: maybe(duration()),
  min_runs: v.optional(integer()),
  max_runs: v.optional(integer()),
}));

export const MOST_SCHEDULED_RUNS = 50;

const bounds = () => ({
  /** Kept and given back, as by the old server: only Prefect's cloud acts on them. */
  max_active_runs: maybe(integer({ above: 0 })),
  catchup: nullAs(bool(), false),
  max_scheduled_runs: maybe(integer({ above: 0, max: MOST_SCHEDULED_RUNS })),
});

/** One of the several schedules that a deployment has since Prefect 2.16. */
export const deploymentScheduleCreate = strictShape(() => ({
  schedule: schedule(),
  active: nullAs(bool(), true),
  ...bounds(),
}));
export type DeploymentScheduleCreate = Out<typeof deploymentScheduleCreate>;
