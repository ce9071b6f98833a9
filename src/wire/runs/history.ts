// What happened over time: runs counted by interval and state, and runs as the dots of a plot.
import * as v from "valibot";
import { endpoint, lazy, type Out, shape } from "../endpoint.ts";
import { nullAs, reading, runFilters, sortedBy, workPoolFilter, workQueueFilter } from "../filters.ts";
import { duration, integer, list, maybe, seconds, text, timestamp, uuid } from "../primitives.ts";
import { READS } from "../repeat.ts";
import { FLOW_RUN_SORTS } from "./flow-runs.ts";
import { stateTypeSchema } from "./states.ts";

/** Seconds are sums over the runs of a state. */
export const historyResponse = shape(() => ({
  interval_start: timestamp(),
  interval_end: timestamp(),
  states: list(
    v.object({
      state_type: stateTypeSchema(),
      state_name: text(),
      count_runs: integer(),
      sum_estimated_run_time: seconds(),
      sum_estimated_lateness: seconds(),
    }),
  ),
}));
export type HistoryInterval = Out<typeof historyResponse>;

/** An interval is one second at least; 500 are answered at most. */
const range = () => ({
  history_start: timestamp(),
  history_end: timestamp(),
  history_interval_seconds: duration(),
});

export const flowRunHistory = endpoint("POST", "/flow_runs/history", {
  repeat: READS,
  body: shape(() => ({
    ...range(),
    ...runFilters(),
    work_pools: maybe(workPoolFilter()),
    work_queues: maybe(workQueueFilter()),
  })),
  response: lazy(() => list(historyResponse())),
});
export const taskRunHistory = endpoint("POST", "/task_runs/history", {
  repeat: READS,
  body: shape(() => ({ ...range(), ...runFilters() })),
  response: lazy(() => list(historyResponse())),
});

/** Most dots of one plot. */
const MOST_DOTS = 1000;

/** `timestamp` is when the run started, or was expected to. Seconds. */
export const simpleFlowRun = shape(() => ({
  id: uuid(),
  state_type: stateTypeSchema(),
  timestamp: timestamp(),
  duration: seconds(),
  lateness: seconds(),
}));
export type SimpleFlowRun = Out<typeof simpleFlowRun>;

export const uiFlowRunHistory = reading(
  "/ui/flow_runs/history",
  () => ({
    sort: sortedBy(FLOW_RUN_SORTS, "EXPECTED_START_TIME_DESC"),
    limit: nullAs(integer({ min: 0, max: MOST_DOTS }), MOST_DOTS),
    offset: nullAs(integer({ min: 0 }), 0),
    ...runFilters(),
  }),
  () => list(simpleFlowRun()),
);
