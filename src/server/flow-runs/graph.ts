// The tasks of a run and what each took from which: the picture a UI draws of it.
import type { Reader } from "#db/connect.ts";
import { condition } from "#db/sql.ts";
import type { DependencyResult } from "#wire/runs/flow-runs.ts";
import type { TaskRun } from "#wire/runs/task-runs.ts";
import { listTaskRuns } from "../task-runs/store.ts";

/** `now` in milliseconds. In the order in which the task runs were made. */
export function readGraph(q: Reader, flowRunId: string, now: number): DependencyResult[] {
  const where = condition("task_run.flow_run_id = ?", flowRunId);
  const every = { limit: -1, offset: 0 };
  return listTaskRuns(q, where, "ID_DESC", every, now).map(nodeOf).reverse();
}

function nodeOf(run: TaskRun): DependencyResult {
  return {
    id: run.id,
    name: run.name,
    upstream_dependencies: inputsOf(run),
    state: run.state,
    expected_start_time: run.expected_start_time,
    start_time: run.start_time,
    end_time: run.end_time,
    total_run_time: run.total_run_time,
    estimated_run_time: run.estimated_run_time,
    untrackable_result: run.state?.state_details.untrackable_result ?? false,
  };
}

/** Each task once, though several parameters took its result. Inputs that are no results have no place in the picture. */
function inputsOf({ task_inputs }: TaskRun): DependencyResult["upstream_dependencies"] {
  const results = Object.values(task_inputs)
    .flat()
    .filter((input) => input.input_type === "task_run");
  return [...new Map(results.map((input) => [input.id, input])).values()];
}
