// Runs counted by interval and state, read from the index of their expected start.
import type { Reader } from "#db/connect.ts";
import type { Condition } from "#db/sql.ts";
import { toMillis, toTimestamp } from "#lib/timestamps.ts";
import type { HistoryInterval, SimpleFlowRun } from "#wire/history.ts";
import type { StateType } from "#wire/states.ts";
import { estimatedRunTime, estimatedStartTimeDelta, type RunTimes } from "../run-times.ts";
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
  const wanted = Math.max(1, Math.ceil((end - start) / interval));
  return Array.from({ length: Math.min(wanted, MOST_INTERVALS) }, (_, at) => [
    toTimestamp(start + at * interval),
    toTimestamp(start + (at + 1) * interval),
  ]);
}

type State = HistoryInterval["states"][number];

/** Seconds from one column of a time to another; `?` is now. */
const seconds = (from: string, to: string) => `(unixepoch(${to}, 'subsec') - unixepoch(${from}, 'subsec'))`;

function statesSql(run: RunKind, where: Condition): string {
  const running = `case when state_type = 'RUNNING' then max(0, ${seconds("state_timestamp", "?")}) else 0 end`;
  const lateness = `case when start_time is not null then ${seconds("expected_start_time", "start_time")}
    when state_type in ('COMPLETED', 'FAILED', 'CRASHED', 'CANCELLED') then 0
    else ${seconds("expected_start_time", "?")} end`;
  return `select state_type, state_name, count(*) as count_runs,
      sum(total_run_time + ${running}) as sum_estimated_run_time,
      sum(max(0, ${lateness})) as sum_estimated_lateness
    from ${run} where expected_start_time >= ? and expected_start_time < ? and state_type is not null and ${where.sql}
    group by state_type, state_name order by state_type, state_name`;
}

/** One small query for each interval: the groups of an interval are few, and its rows lie together in the index. */
export function readHistory(q: Reader, run: RunKind, range: HistoryRange, where: Condition, now: string) {
  const sql = statesSql(run, where);
  return intervalsOf(range).map(([interval_start, interval_end]): HistoryInterval => {
    const states = q.all<State>(sql, now, now, interval_start, interval_end, ...where.params);
    return { interval_start, interval_end, states };
  });
}

type Dot = RunTimes & { id: string; state_type: StateType };

/** The runs themselves, without what a plot does not show. `now` in milliseconds. */
export function readDots(q: Reader, where: Condition, order: string, limit: number, offset: number, now: number) {
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
