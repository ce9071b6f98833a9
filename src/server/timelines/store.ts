// The task runs of a flow run as columns: what a timeline draws, and nothing else.
import { readOwnJson } from "#db/codecs.ts";
import type { Reader } from "#db/connect.ts";
import { ROW } from "#db/sql.ts";
import { OrchError } from "#lib/errors.ts";
import { toMillis } from "#lib/time/timestamps.ts";
import type { StateType } from "#wire/runs/states.ts";
import type { TaskInput } from "#wire/runs/task-runs.ts";
import type { Timeline } from "#wire/runs/timelines.ts";

export interface TimelineQuestion {
  flowRunId: string;
  limit: number;
  /** Only what has changed since. */
  since: string | null;
  /** Timestamp. */
  now: string;
}

interface Row {
  id: string;
  updated: string;
  name: string;
  state_type: StateType | null;
  state_name: string | null;
  run_count: number;
  expected_start_time: string | null;
  start_time: string | null;
  end_time: string | null;
  task_inputs: string;
}

const FAILURES: ReadonlySet<StateType | null> = new Set<StateType | null>(["FAILED", "CRASHED"]);

/** Throws `not_found` for an unknown run. */
export function readTimeline(q: Reader, { flowRunId, limit, since, now }: TimelineQuestion): Timeline {
  if (!q.get("select 1 from flow_run where id = ?", flowRunId)) throw new OrchError("not_found", "Flow run not found");
  const rows = q.all<Row>(
    `select id, updated, name, state_type, state_name, run_count, expected_start_time, start_time, end_time, task_inputs
     from task_run where flow_run_id = ? order by ${ROW}`,
    flowRunId,
  );
  const places = new Map(rows.map(({ id }, place) => [id, place]));
  const within = rows
    .map((row, place) => ({ row, place }))
    .filter(({ row, place }) => place < limit || FAILURES.has(row.state_type));
  const shown = since === null ? within : within.filter(({ row }) => row.updated >= since);
  const subflows = subflowsOf(q, flowRunId);
  return {
    count: rows.length,
    states: countsOf(rows),
    left_out: rows.length - within.length,
    until: now,
    task_runs: {
      places: shown.map(({ place }) => place),
      ids: shown.map(({ row }) => row.id),
      names: shown.map(({ row }) => row.name),
      state_types: shown.map(({ row }) => row.state_type),
      state_names: shown.map(({ row }) => row.state_name),
      run_counts: shown.map(({ row }) => row.run_count),
      expected: shown.map(({ row }) => millis(row.expected_start_time)),
      starts: shown.map(({ row }) => millis(row.start_time)),
      ends: shown.map(({ row }) => millis(row.end_time)),
      inputs: shown.map(({ row }) => inputsOf(row.task_inputs, places)),
      subflows: shown.map(({ row }) => subflows.get(row.id) ?? null),
    },
  };
}

function countsOf(rows: readonly Row[]): Timeline["states"] {
  const byType = Map.groupBy(rows, ({ state_type }) => state_type);
  return [...byType].map(([state_type, { length }]) => ({ state_type, count: length }));
}

const millis = (time: string | null) => (time === null ? null : Math.round(toMillis(time)));

/** Each task run once, though several parameters took its result. Those of other flow runs have no place here. */
function inputsOf(column: string, places: ReadonlyMap<string, number>): number[] {
  if (column === "{}") return [];
  const inputs = Object.values(readOwnJson<Record<string, TaskInput[]>>(column)).flat();
  const found = inputs.flatMap((input) => (input.input_type === "task_run" ? (places.get(input.id) ?? []) : []));
  return [...new Set(found)];
}

/** By the ids of the task runs that stand for them. */
function subflowsOf(q: Reader, flowRunId: string): Map<string, string> {
  const rows = q.all<{ id: string; parent: string }>(
    `select flow_run.id, parent_task_run_id as parent from flow_run
     where parent_task_run_id in (select id from task_run where flow_run_id = ?)`,
    flowRunId,
  );
  return new Map(rows.map(({ id, parent }) => [parent, id]));
}
