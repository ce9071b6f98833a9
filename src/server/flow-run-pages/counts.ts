// Flow runs counted by their states, and as the dots of a chart. What a filter finds is gone through once for both.

import { readOwnJson } from "#db/codecs.ts";
import type { Reader } from "#db/connect.ts";
import { countRows } from "#db/rows.ts";
import { all, atPlaces, type Condition, condition, inList, ROW } from "#db/sql.ts";
import { toMillis } from "#lib/time/timestamps.ts";
import type { FlowRunPage } from "#wire/runs/flow-run-pages.ts";
import { STATE_TYPES, type StateType } from "#wire/runs/states.ts";
import { type Filters, isOfStatesAndTimes } from "../kernel/filters.ts";
import { estimatedRunTime, type RunTimes } from "../kernel/run-times.ts";

type Counts = NonNullable<FlowRunPage["counts"]>;
type Dots = NonNullable<FlowRunPage["dots"]>;

/** The places of runs, by the type of their state. */
type Survey = ReadonlyMap<StateType, readonly number[]>;

type WhereOf = (filters: Filters) => Condition;

function survey(q: Reader, filters: Filters, whereOf: WhereOf): Survey {
  const found = new Map<StateType, number[]>(STATE_TYPES.map((type) => [type, []]));
  const where = whereOf(filters);
  if (isOfStatesAndTimes(filters)) return surveyByIndex(q, where, found);
  return surveyByRow(q, where, found);
}

/** The index of states and times holds all that is asked: no row is read, and each state's places come as one text. */
function surveyByIndex(q: Reader, where: Condition, found: Map<StateType, number[]>): Survey {
  const known = inList("state_type", STATE_TYPES);
  const sql = `select state_type as type, json_group_array(flow_run.${ROW}) as places from flow_run
    where ${known.sql} and ${where.sql} group by state_type`;
  for (const { type, places } of q.all<{ type: StateType; places: string }>(sql, ...known.params, ...where.params))
    found.set(type, readOwnJson<number[]>(places));
  return found;
}

function surveyByRow(q: Reader, where: Condition, found: Map<StateType, number[]>): Survey {
  const sql = `select flow_run.${ROW} as place, state_type as type from flow_run where state_type is not null and ${where.sql}`;
  for (const { place, type } of q.each<{ place: number; type: StateType }>(sql, ...where.params))
    found.get(type)?.push(place);
  return found;
}

const sizeOf = (surveyed: Survey) => surveyed.values().reduce((sum, places) => sum + places.length, 0);

/** What the filter says of states, when it can be told from the rest. */
function stateOf({ flow_runs }: Filters) {
  return flow_runs?.operator === "and_" ? flow_runs.state : null;
}

/** Of a survey of any state, the part that the filter means. */
function narrowed(q: Reader, wide: Survey, filters: Filters, whereOf: WhereOf): Survey {
  const state = stateOf(filters);
  if (!state) return wide;
  const types: readonly StateType[] | null | undefined = state.type?.any_;
  if (!types || state.name) return survey(q, filters, whereOf);
  return new Map(wide.entries().filter(([type]) => types.includes(type)));
}

export interface Overview {
  counts: Counts;
  dots: Dots;
}

export interface OverviewOptions {
  whereOf: WhereOf;
  /** At most so many, but for chance: whether a run is shown is decided for each alone. */
  dots: number;
  /** Milliseconds. */
  now: number;
}

export function readOverview(q: Reader, filters: Filters, { whereOf, dots, now }: OverviewOptions): Overview {
  const { flow_runs } = filters;
  const anyState = flow_runs && stateOf(filters) ? { ...filters, flow_runs: { ...flow_runs, state: null } } : filters;
  const wide = survey(q, anyState, whereOf);
  const meant = narrowed(q, wide, filters, whereOf);
  const states = [...wide].flatMap(([state_type, { length }]) => (length > 0 ? [{ state_type, count: length }] : []));
  const called = (type: StateType, name: "Late" | "Skipped") =>
    wide.get(type)?.length ? countCalled(q, [type, name], whereOf(anyState)) : 0;
  return {
    counts: {
      count: sizeOf(meant),
      late: called("SCHEDULED", "Late"),
      skipped: called("CANCELLED", "Skipped"),
      states,
    },
    dots: dotsOf(q, meant, dots, now),
  };
}

/** Counts the runs in a named state of a type: Late runs are Scheduled, Skipped runs are Cancelled. */
function countCalled(q: Reader, [type, name]: [type: StateType, name: "Late" | "Skipped"], where: Condition): number {
  const called = all([condition(`state_type = '${type}' and state_name = '${name}'`), where]);
  return countRows(q, "flow_run", called);
}

const FAILURES: ReadonlySet<StateType> = new Set<StateType>(["FAILED", "CRASHED"]);
/** Of the limit, what other runs have at least. */
const LEAST_OF_OTHERS = 0.25;

function dotsOf(q: Reader, meant: Survey, limit: number, now: number): Dots {
  const failures = [...meant].flatMap(([type, places]) => (FAILURES.has(type) ? places : []));
  const others = [...meant].flatMap(([type, places]) => (FAILURES.has(type) ? [] : places));
  const reserved = Math.min(others.length, Math.ceil(limit * LEAST_OF_OTHERS));
  const shownFailures = some(failures, limit - reserved);
  const shown = [...shownFailures, ...some(others, limit - shownFailures.length)];
  const where = atPlaces("flow_run", shown);
  const rows = q.all<Dot>(
    `select id, created, state_type, state_timestamp, start_time, expected_start_time, total_run_time from flow_run
     where ${where.sql}`,
    ...where.params,
  );
  return {
    ids: rows.map(({ id }) => id),
    states: rows.map(({ state_type }) => state_type),
    at: rows.map((row) => Math.round(toMillis(row.start_time ?? row.expected_start_time ?? row.created))),
    seconds: rows.map((row) => estimatedRunTime(row, now)),
    left_out: sizeOf(meant) - rows.length,
    failures_left_out: failures.length - shownFailures.length,
  };
}

type Dot = RunTimes & { id: string; state_type: StateType; created: string };

/** All that fit, or one in two, in four, …: always the same ones, and of a larger number some of those of a smaller one. */
function some(places: readonly number[], room: number): readonly number[] {
  if (places.length <= room) return places;
  const share = 2 ** Math.ceil(Math.log2(places.length / Math.max(room, 1)));
  return places.filter((place) => ((Math.imul(place, 2_654_435_761) >>> 8) & (share - 1)) === 0);
}
