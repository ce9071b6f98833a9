// What a schedule means: in words, and as its next runs, before anything is saved; and the next runs of deployments.
import * as v from "valibot";
import { endpoint, type Out, shape, strictShape } from "../endpoint.ts";
import { deploymentFilters, nullAs } from "../filters.ts";
import { bool, integer, list, maybe, oneOf, text, timestamp, uuid } from "../primitives.ts";
import { READS } from "../repeat.ts";
import { schedule } from "./schedules.ts";

const MOST_RUNS = 100;
const USUAL_RUNS = 10;

/**
 * `moved`: the time that the schedule names does not exist on that day; `doubled`: it comes twice, and one of the two is meant;
 * `changed`: the clocks were changed since the run before.
 */
export const CLOCK_MARKS = ["moved", "doubled", "changed"] as const;

const clockMark = () => ({ mark: v.nullable(oneOf(CLOCK_MARKS)), note: v.nullable(text()) });

/** Where the reader's clocks are given, what those show as well. */
const plannedRun = () =>
  v.object({
    time: timestamp(),
    /** As ISO text with its offset: on the clocks of the schedule's zone, and on the reader's. */
    local: text(),
    reader: v.nullable(text()),
    ...clockMark(),
  });

export const SCHEDULE_FIELDS = ["cron", "interval", "rrule", "timezone", "anchor_date"] as const;

/** Either a problem, or words and runs. Fewer runs than were asked for: there are no more. */
export const schedulePreview = shape(() => ({
  problem: v.nullable(v.object({ field: oneOf(SCHEDULE_FIELDS), sentence: text() })),
  words: v.nullable(text()),
  timezone: v.nullable(text()),
  runs: list(plannedRun()),
}));
export type SchedulePreview = Out<typeof schedulePreview>;

/**
 * `after`: now, unless it is given. `reader_timezone`: such as the browser's; one that is not known is refused. A schedule that the server would not
 * take is no failure of the call: it is what the answer says.
 */
export const previewSchedule = endpoint("POST", "/orch/schedules/preview", {
  repeat: READS,
  body: strictShape(() => ({
    schedule: schedule(),
    count: nullAs(integer({ min: 0, max: MOST_RUNS }), USUAL_RUNS),
    after: maybe(timestamp()),
    reader_timezone: maybe(text()),
  })),
  response: schedulePreview,
});

const MOST_DAYS = 31;
const USUAL_DAYS = 7;
const MOST_RUNS_OF_ONE = 1_000;

/**
 * By deployment: `times`, in milliseconds since 1970, that its active schedules name, and runs that were planned by hand. `notes` say of some
 * times, by their index, what the clocks do there. `left_out`: there are more times than these.
 */
export const upcomingRuns = shape(() => ({
  until: timestamp(),
  /** Deployments that the filter means. */
  count: integer(),
  deployments: list(
    v.object({
      id: uuid(),
      times: list(integer()),
      notes: list(v.object({ index: integer(), mark: oneOf(CLOCK_MARKS), note: text() })),
      left_out: bool(),
      planned: list(v.object({ flow_run_id: uuid(), name: text(), at: integer() })),
    }),
  ),
}));
export type UpcomingRuns = Out<typeof upcomingRuns>;

/** Deployments by name, 200 at most. */
export const readUpcomingRuns = endpoint("POST", "/orch/deployments/upcoming", {
  repeat: READS,
  body: strictShape(() => ({
    ...deploymentFilters(),
    days: nullAs(integer({ min: 1, max: MOST_DAYS }), USUAL_DAYS),
    limit: nullAs(integer({ min: 1, max: MOST_RUNS_OF_ONE }), MOST_RUNS_OF_ONE),
  })),
  bodyOptional: true,
  response: upcomingRuns,
});
