// A page of flow runs as people look at them: counts of the whole filter, dots for a chart, and rows with all that a row shows.
import * as v from "valibot";
import { endpoint, type Out, shape, strictShape } from "../endpoint.ts";
import { nullAs, page, runAndPoolFilters, sortedBy } from "../filters.ts";
import { bool, integer, list, maybe, oneOf, seconds, text, timestamp, uuid } from "../primitives.ts";
import { READS } from "../repeat.ts";
import { FLOW_RUN_SORTS } from "./flow-runs.ts";
import { stateTypeSchema } from "./states.ts";

/** A run with the names of what it belongs to. Times in seconds. */
export const flowRunRow = shape(() => ({
  id: uuid(),
  name: text(),
  flow_id: uuid(),
  flow_name: text(),
  deployment_id: v.nullable(uuid()),
  /** Null also for a deployment that is gone. */
  deployment_name: v.nullable(text()),
  work_queue_id: v.nullable(uuid()),
  work_queue_name: v.nullable(text()),
  work_pool_name: v.nullable(text()),
  tags: list(text()),
  state_type: v.nullable(stateTypeSchema()),
  state_name: v.nullable(text()),
  state_timestamp: v.nullable(timestamp()),
  /** Of the state's message, the line that says most: of an error its own sentence, not where it was thrown. */
  message_line: v.nullable(text()),
  expected_start_time: v.nullable(timestamp()),
  start_time: v.nullable(timestamp()),
  end_time: v.nullable(timestamp()),
  /** Of all tries, up to now. */
  duration: seconds(),
  /** How much later than expected it started, or is about to. */
  lateness: seconds(),
  /** The median of the last 20 completed runs of its deployment; null when there is none. */
  usual_duration: v.nullable(seconds()),
  task_run_count: integer(),
  run_count: integer(),
  /** For a subflow: the run that called it. */
  parent_flow_run_id: v.nullable(uuid()),
  auto_scheduled: bool(),
}));
export type FlowRunRow = Out<typeof flowRunRow>;

/** Parts of the page, each left out unless it is asked for; all of them usually. */
export const PAGE_PARTS = ["counts", "dots", "rows"] as const;
export type PagePart = (typeof PAGE_PARTS)[number];

/** Dots of one chart at most. */
const MOST_DOTS = 10_000;
const USUAL_DOTS = 2_000;

/**
 * Runs by the type of their state: of the whole filter, but for what it says of states, so that each number is a filter.
 * `late`: of the scheduled ones, those called Late. `skipped`: of the cancelled ones, those called Skipped. `count`: of the whole
 * filter.
 */
const runCounts = () =>
  v.object({
    count: integer(),
    late: integer(),
    skipped: integer(),
    states: list(v.object({ state_type: stateTypeSchema(), count: integer() })),
  });

/**
 * Runs as dots, in columns of one length. `at`: when it started, or is expected to, in milliseconds since 1970. Above the
 * limit some are left out, the same ones each time; failed and crashed runs only when they alone are too many. `left_out` counts them.
 */
const runDots = () =>
  v.object({
    ids: list(uuid()),
    states: list(stateTypeSchema()),
    at: list(integer()),
    seconds: list(seconds()),
    left_out: integer(),
    failures_left_out: integer(),
  });

export const flowRunPage = shape(() => ({
  counts: v.nullable(runCounts()),
  dots: v.nullable(runDots()),
  rows: v.nullable(list(flowRunRow())),
}));
export type FlowRunPage = Out<typeof flowRunPage>;

export const readFlowRunPage = endpoint("POST", "/orch/flow_runs/page", {
  repeat: READS,
  body: strictShape(() => ({
    ...runAndPoolFilters(),
    ...page(),
    sort: sortedBy(FLOW_RUN_SORTS, "EXPECTED_START_TIME_DESC"),
    parts: maybe(list(oneOf(PAGE_PARTS))),
    dots_limit: nullAs(integer({ min: 1, max: MOST_DOTS }), USUAL_DOTS),
  })),
  bodyOptional: true,
  response: flowRunPage,
});
