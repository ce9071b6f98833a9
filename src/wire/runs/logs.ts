// Log records of runs. They outlive their runs: nothing ties them by foreign key.
import * as v from "valibot";
import { endpoint, type In, lazy, type Out, shape, strictShape } from "../endpoint.ts";
import { logFilter, page, reading, sortedBy } from "../filters.ts";
import { bool, integer, list, maybe, stored, text, timestamp, uuid } from "../primitives.ts";
import { harmless, READS } from "../repeat.ts";

export const log = shape(() => ({
  ...stored(),
  name: text(),
  level: integer(),
  message: text(),
  timestamp: timestamp(),
  flow_run_id: uuid(),
  task_run_id: v.nullable(uuid()),
}));
export type Log = Out<typeof log>;

/** `level`: 10 debug, 20 info, 30 warning, 40 error, 50 critical. */
export const logCreate = strictShape(() => ({
  /** Of orch's own clients: made when the line is written, so that it is stored once, however often it is sent. */
  id: v.optional(v.nullable(uuid())),
  name: text(),
  level: integer(),
  message: text(),
  timestamp: timestamp(),
  flow_run_id: uuid(),
  task_run_id: maybe(uuid()),
}));
export type LogCreate = Out<typeof logCreate>;
export type LogInput = In<typeof logCreate>;

export const LOG_SORTS = ["TIMESTAMP_ASC", "TIMESTAMP_DESC"] as const;

export const createLogs = endpoint("POST", "/logs/", {
  repeat: harmless("A line is known by its id."),
  body: lazy(() => list(logCreate())),
  statuses: [201],
  ours: ["id"],
});
export const listLogs = reading(
  "/logs/filter",
  () => ({ ...page(), logs: maybe(logFilter()), sort: sortedBy(LOG_SORTS, "TIMESTAMP_ASC") }),
  () => list(log()),
);

/** Records of one answer of `readLogPage` at most. */
export const LOG_PAGE_LIMIT = 5_000;

/**
 * As `/logs/filter`, for readers of many records: `after` is the `cursor` of the answer before, so that each page costs the
 * same. An answer ends after `limit` records or some megabytes; `more` says whether others followed at that moment. With no
 * new records `cursor` is the one that was given.
 */
export const readLogPage = endpoint("POST", "/orch/logs/filter", {
  repeat: READS,
  body: strictShape(() => ({
    logs: maybe(logFilter()),
    sort: sortedBy(LOG_SORTS, "TIMESTAMP_ASC"),
    limit: v.optional(v.nullable(integer({ min: 1, max: LOG_PAGE_LIMIT }))),
    after: maybe(text()),
  })),
  response: shape(() => ({ logs: list(log()), cursor: v.nullable(text()), more: bool() })),
});
export type LogPage = Out<NonNullable<(typeof readLogPage)["response"]>>;
