// The log of a run as a page shows it: a window at a position, a search through all of it, and all of it as text.
import * as v from "valibot";
import { endpoint, lazy, type Out, shape, strictShape } from "../endpoint.ts";
import { nullAs } from "../filters.ts";
import { bool, integer, list, maybe, oneOf, text, timestamp, uuid } from "../primitives.ts";
import { READS } from "../repeat.ts";

/** Of a text that is searched for. */
const MOST_LETTERS = 1_000;
const MOST_LINES = 1_000;
const USUAL_LINES = 200;
const MOST_HITS = 200;
const MOST_CONTEXT = 50;
/** Positions of hits that one search answers. */
export const MOST_POSITIONS = 10_000;
/** Letters of a message in a window; all of it is in the download and in `/logs/filter`. */
export const MOST_MESSAGE_LETTERS = 20_000;

/**
 * The lines that are meant: of a flow run with its task runs, or of one task run; one of the two ids is needed. Of these, those
 * that meet each of the others: `level` at least, `text` within the message in any case of letters from A to Z, one of the loggers.
 * Positions count these lines from 0, in the order of time.
 */
const lines = () => ({
  flow_run_id: maybe(uuid()),
  task_run_id: maybe(uuid()),
  level: maybe(integer()),
  text: maybe(text({ max: MOST_LETTERS })),
  loggers: maybe(list(text())),
});

export const logLine = shape(() => ({
  timestamp: timestamp(),
  level: integer(),
  name: text(),
  message: text(),
  /** Letters of the message that are left out here. */
  letters_left_out: integer(),
  task_run_id: v.nullable(uuid()),
}));
export type LogLine = Out<typeof logLine>;

/** A try of the run: where its first line is, or would be. `number` from 1. */
const attempt = () => v.object({ number: integer(), started: timestamp(), position: integer() });

export const logWindow = shape(() => ({
  count: integer(),
  offset: integer(),
  lines: list(logLine()),
  attempts: list(attempt()),
}));
export type LogWindow = Out<typeof logWindow>;

/** `from_end`: the last `limit` lines, or those `offset` before them. */
export const readLogWindow = endpoint("POST", "/orch/logs/window", {
  repeat: READS,
  body: strictShape(() => ({
    ...lines(),
    offset: nullAs(integer({ min: 0 }), 0),
    from_end: nullAs(bool(), false),
    limit: nullAs(integer({ min: 0, max: MOST_LINES }), USUAL_LINES),
  })),
  response: logWindow,
});

export const logHits = shape(() => ({
  /** Of the lines that are searched. */
  count: integer(),
  /** Of the lines that are found. */
  found: integer(),
  /** Of the first 10,000 that are found, in their order. */
  positions: list(integer()),
  hits: list(v.object({ position: integer(), line: logLine(), before: list(logLine()), after: list(logLine()) })),
}));
export type LogHits = Out<typeof logHits>;

/**
 * Searches the lines for those that `find` means. `hits`: at most `limit` of them, those from position `from` on (`next`), or those up to it,
 * the nearest first (`previous`), each with `context` lines before and after it.
 */
export const searchLogs = endpoint("POST", "/orch/logs/search", {
  repeat: READS,
  body: strictShape(() => ({
    ...lines(),
    find: v.strictObject({ text: maybe(text({ max: MOST_LETTERS })), level: maybe(integer()) }),
    from: maybe(integer({ min: 0 })),
    direction: nullAs(oneOf(["next", "previous"]), "next"),
    limit: nullAs(integer({ min: 0, max: MOST_HITS }), 50),
    context: nullAs(integer({ min: 0, max: MOST_CONTEXT }), 0),
  })),
  response: logHits,
});

/** What the lines of a run can be chosen by. Of task runs, the 1,000 with the most lines. */
export const logSummary = shape(() => ({
  count: integer(),
  levels: list(v.object({ level: integer(), count: integer() })),
  loggers: list(v.object({ name: text(), count: integer() })),
  task_runs: list(v.object({ id: uuid(), name: v.nullable(text()), count: integer() })),
}));
export type LogSummary = Out<typeof logSummary>;

export const readLogSummary = endpoint("POST", "/orch/logs/summary", {
  repeat: READS,
  body: strictShape(() => ({ flow_run_id: maybe(uuid()), task_run_id: maybe(uuid()) })),
  response: logSummary,
});

/** A line of text for each record, as a file: `2026-11-27T20:31:08.526Z | ERROR   | prefect.task_runs | message`. Several loggers: a name in each line of `logger`. */
export const downloadLogs = endpoint("GET", "/orch/logs/download", {
  query: lazy(() => {
    const { loggers: _, ...others } = lines();
    return v.object({ ...others, logger: maybe(text()) });
  }),
  response: lazy(() => text()),
  isText: true,
});
