// Runs counted by interval and state, read from the index of their expected start.
import type { Reader } from "#db/connect.ts";
import { ALWAYS, type Condition, intervalNumber, unindexed } from "#db/sql.ts";
import { toMillis, toTimestamp } from "#lib/time/timestamps.ts";
import type { HistoryInterval, SimpleFlowRun } from "#wire/runs/history.ts";
import type { StateType } from "#wire/runs/states.ts";
import type { Page } from "../kernel/paging.ts";
import { estimatedRunTime, estimatedStartTimeDelta, type RunTimes } from "../kernel/run-times.ts";
import type { RunKind } from "../states/store.ts";

/** As the old server has it: no plot shows more bars. */
const MOST_INTERVALS = 500;

export interface HistoryRange {
  /** Milliseconds. */
  start: number;
  end: number;
  interval: number;
}

/** Times of the intervals; there is always one, and the last may reach beyond the end. */
export function intervalsOf({ start, end, interval }: HistoryRange): [start: string, end: string][] {
  const wanted = Math.max(1, Math.ceil((Math.min(end, start + MOST_INTERVALS * interval) - start) / interval));
  return Array.from({ length: Math.min(wanted, MOST_INTERVALS) }, (_, at) => [
    toTimestamp(start + at * interval),
    toTimestamp(start + (at + 1) * interval),
  ]);
}

type State = HistoryInterval["states"][number];

/** Seconds from one column of a time to another; `?` is now. */
const seconds = (from: string, to: string) => `(unixepoch(${to}, 'subsec') - unixepoch(${from}, 'subsec'))`;

const RUNNING = `case when state_type = 'RUNNING' then max(0, ${seconds("state_timestamp", "?")}) else 0 end`;
const LATENESS = `case when start_time is not null then ${seconds("expected_start_time", "start_time")}
    when state_type in ('COMPLETED', 'FAILED', 'CRASHED', 'CANCELLED') then 0
    else ${seconds("expected_start_time", "?")} end`;
const COLUMNS = `state_type, state_name, count(*) as count_runs, sum(total_run_time + ${RUNNING}) as sum_estimated_run_time,
    sum(max(0, ${LATENESS})) as sum_estimated_lateness`;
const BY_STATE = `${unindexed("state_type")}, ${unindexed("state_name")}`;

const fromWhere = (run: RunKind, where: Condition) =>
  `from ${run} where expected_start_time >= ? and expected_start_time < ? and state_type is not null and ${where.sql}`;

/**
 * Of all runs, one small query for each interval: sorted by interval as well, a week of 200,000 took 190 ms instead of
 * 120. Of some, one for all intervals: what finds them is not done again for each.
 */
export function readHistory(q: Reader, run: RunKind, range: HistoryRange, where: Condition, now: string) {
  return where === ALWAYS ? historyOfAll(q, run, range, now) : historyOfSome(q, run, range, where, now);
}

function historyOfAll(q: Reader, run: RunKind, range: HistoryRange, now: string): HistoryInterval[] {
  const sql = `select ${COLUMNS} ${fromWhere(run, ALWAYS)} group by ${BY_STATE} order by 1, 2`;
  return intervalsOf(range).map(([interval_start, interval_end]) => {
    const states = q.all<State>(sql, now, now, interval_start, interval_end);
    return { interval_start, interval_end, states };
  });
}

function historyOfSome(q: Reader, run: RunKind, range: HistoryRange, where: Condition, now: string): HistoryInterval[] {
  const intervals = intervalsOf(range).map(([interval_start, interval_end]): HistoryInterval => {
    return { interval_start, interval_end, states: [] };
  });
  const number = intervalNumber("expected_start_time", range.start, range.interval);
  const rows = q.all<State & { number: number }>(
    `select ${COLUMNS}, ${number.sql} as number ${fromWhere(run, where)} group by number, ${BY_STATE} order by 1, 2`,
    ...[now, now, ...number.params, intervals[0]?.interval_start ?? "", intervals.at(-1)?.interval_end ?? ""],
    ...where.params,
  );
  for (const { number, ...state } of rows) intervals[number]?.states.push(state);
  return intervals;
}

type Dot = RunTimes & { id: string; state_type: StateType };

/** The runs themselves, without what a plot does not show. `now` in milliseconds. */
export function readDots(q: Reader, where: Condition, order: string, { limit, offset }: Page, now: number) {
  const rows = q.all<Dot>(
    `select id, state_type, state_timestamp, start_time, expected_start_time, total_run_time from flow_run
     where state_type is not null and ${where.sql} order by ${order} limit ? offset ?`,
    ...[...where.params, limit, offset],
  );
  return rows.map(
    (row): SimpleFlowRun => ({
      id: row.id,
      state_type: row.state_type,
      timestamp: row.start_time ?? row.expected_start_time ?? toTimestamp(now),
      duration: estimatedRunTime(row, now),
      lateness: estimatedStartTimeDelta(row, now),
    }),
  );
}

/** `toMillis` of the range, from the texts of a request. */
export function rangeOf(body: { history_start: string; history_end: string; history_interval_seconds: number }) {
  const { history_start, history_end, history_interval_seconds } = body;
  return {
    start: Math.floor(toMillis(history_start)),
    end: Math.floor(toMillis(history_end)),
    interval: Math.round(history_interval_seconds * 1000),
  } satisfies HistoryRange;
}
