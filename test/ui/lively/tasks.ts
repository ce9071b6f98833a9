// The task runs of a wide run: stages of mapped tasks that take each other's results, and subflows among them.
import { toTimestamp } from "#lib/time/timestamps.ts";
import { addRun } from "./history.ts";
import type { Place } from "./places.ts";
import type { Chance, Rows } from "./rows.ts";

const STAGES = ["fetch", "parse", "check", "store", "tell"] as const;
const WORKERS = 40;

export interface Wide {
  run: string;
  begin: number;
  end: number;
  count: number;
  place: Place;
}

/** Forty at a time; each stage maps over the one before. Three fail, each 500th is a subflow. */
export function addTasks(
  { rows, chance }: { rows: Rows; chance: Chance },
  { run, begin, end, count, place }: Wide,
): void {
  const perStage = Math.ceil(count / STAGES.length);
  const slice = (end - begin - 1000) / Math.ceil(count / WORKERS);
  const ids = Array.from({ length: count }, () => chance.id(begin));
  for (const [index, id] of ids.entries()) {
    const stage = Math.floor(index / perStage);
    const name = STAGES[stage] ?? "tell";
    const start = begin + Math.floor(index / WORKERS) * slice + (index % WORKERS) * 3;
    const stop = start + slice * (0.3 + 0.6 * chance.next());
    const isSubflow = index % 500 === 250;
    const failed = index % Math.ceil(count / 3) === 99;
    const type = failed ? "FAILED" : "COMPLETED";
    const before = stage === 0 ? undefined : ids[index - perStage];
    const neighbour = stage > 0 && index % 10 === 0 ? ids[index - perStage + 1] : undefined;
    const inputs = {
      ...(before ? { row: [{ input_type: "task_run", id: before }] } : {}),
      ...(neighbour ? { other: [{ input_type: "task_run", id: neighbour }] } : {}),
    };
    const stateId = chance.id(stop);
    const child = isSubflow ? chance.id(start) : null;
    rows.add("task_run", {
      ...{
        id,
        created: toTimestamp(start - 5),
        updated: toTimestamp(stop),
        name: `${name}-${index % perStage}`,
        flow_run_id: run,
      },
      ...{ task_key: name, dynamic_key: String(index % perStage), state_id: stateId, state_type: type },
      ...{ state_name: failed ? "Failed" : "Completed", run_count: 1, state_timestamp: toTimestamp(stop) },
      ...{ expected_start_time: toTimestamp(start - 5), start_time: toTimestamp(start), end_time: toTimestamp(stop) },
      ...{ task_inputs: JSON.stringify(inputs), total_run_time: (stop - start) / 1000, flow_run_run_count: 1 },
    });
    const message = failed
      ? "Task run encountered an exception. Error: the page is empty\n    at parse (/srv/flows/crawl.ts:7:9)"
      : null;
    const details = { flow_run_id: run, task_run_id: id, ...(child ? { child_flow_run_id: child } : {}) };
    const states = [
      { id: chance.id(start), type: "RUNNING", name: "Running", timestamp: toTimestamp(start), message: null },
      { id: stateId, type, name: failed ? "Failed" : "Completed", timestamp: toTimestamp(stop), message },
    ];
    for (const state of states) {
      rows.add("task_run_state", { ...state, task_run_id: id, state_details: JSON.stringify(details) });
    }
    if (!child) continue;
    addRun(rows, chance, {
      ...{ id: child, name: `part-${index}`, due: start, place: { ...place, id: place.id } },
      steps: [
        { type: "PENDING", at: start },
        { type: "RUNNING", at: start + 2 },
        { type: "COMPLETED", at: stop, message: "All states completed." },
      ],
      columns: { parent_task_run_id: id, deployment_id: null, work_queue_id: null, work_queue_name: null },
    });
  }
}
