// What becomes of runs and of what they left: states, task runs, artifacts, logs.
import { details, flag, json, jsonOrNull, made, moment, seconds, text } from "./columns.ts";
import { type Around, Left, type Plan, type Values } from "./plan.ts";
import type { SourceRow } from "./source.ts";

const named = (row: SourceRow) => String(row["name"]);

export const FLOW_RUNS: Plan = {
  ...{ table: "flow_run", what: "flow runs", label: named, convert: flowRun, asItIs: underWay },
  links: { deployment_id: "deployment", work_queue_id: "work_queue", infrastructure_document_id: "block_document" },
};

export const HISTORY: readonly Plan[] = [
  FLOW_RUNS,
  { table: "task_run", what: "task runs", label: named, convert: taskRun },
  {
    table: "artifact",
    what: "artifacts and results",
    convert: (row) => ({
      ...made(row),
      ...{ key: text(row["key"]), type: text(row["type"]), description: text(row["description"]) },
      ...{ data: jsonOrNull(row["data"]), metadata_: jsonOrNull(row["metadata_"]) },
      ...{ flow_run_id: text(row["flow_run_id"]), task_run_id: text(row["task_run_id"]) },
    }),
  },
  statePlan("flow_run", "states of flow runs"),
  statePlan("task_run", "states of task runs"),
  {
    table: "task_run_state_cache",
    what: "cached results",
    same: ["cache_key", "task_run_state_id"],
    convert: (row) => ({
      ...{ id: text(row["id"]), created: made(row).created, cache_key: text(row["cache_key"]) },
      ...{ cache_expiration: moment(row["cache_expiration"]), task_run_state_id: text(row["task_run_state_id"]) },
    }),
  },
  {
    table: "artifact_collection",
    what: "newest artifacts",
    names: ["key"],
    label: (row) => String(row["key"]),
    convert: (row, { idOf }) => ({
      ...made(row),
      ...{ key: text(row["key"]), latest_id: idOf("artifact", row["latest_id"]) },
    }),
  },
  {
    table: "flow_run_input",
    what: "inputs of flow runs",
    convert: (row, { idOf }) => ({
      ...made(row),
      ...{ flow_run_id: idOf("flow_run", row["flow_run_id"]), key: text(row["key"]), value: text(row["value"]) },
      sender: text(row["sender"]),
    }),
  },
  {
    table: "log",
    what: "log lines",
    convert(row) {
      if (row["flow_run_id"] === null) return new Left("lines of tasks without a flow run, which orch does not have");
      const { id, created, updated } = made(row);
      return {
        ...{ id, created, updated, name: row["name"] ?? "", level: row["level"] ?? 0, message: row["message"] ?? "" },
        ...{ timestamp: moment(row["timestamp"]) ?? created, flow_run_id: row["flow_run_id"] ?? null },
        task_run_id: row["task_run_id"] ?? null,
      };
    },
  },
];

/** What flow runs and task runs have alike. */
function run(row: SourceRow): Values {
  const isScheduled = row["state_type"] === "SCHEDULED";
  return {
    ...made(row),
    ...{
      name: text(row["name"]),
      tags: json(row["tags"], "[]"),
      empirical_policy: json(row["empirical_policy"], "{}"),
    },
    ...{ state_id: text(row["state_id"]), state_type: text(row["state_type"]), state_name: text(row["state_name"]) },
    ...{ state_timestamp: moment(row["state_timestamp"]), run_count: row["run_count"] ?? 0 },
    expected_start_time: moment(row["expected_start_time"]),
    next_scheduled_start_time: isScheduled ? moment(row["next_scheduled_start_time"]) : null,
    ...{ start_time: moment(row["start_time"]), end_time: moment(row["end_time"]) },
    total_run_time: seconds(row["total_run_time"]),
  };
}

function flowRun(row: SourceRow, { idOf, isJoined }: Around): Values | Left {
  if (row["auto_scheduled"] && row["state_type"] === "SCHEDULED" && isJoined("deployment", row["deployment_id"])) {
    return new Left("the deployment of this name that orch has makes its runs itself");
  }
  return {
    ...run(row),
    ...{ flow_id: idOf("flow", row["flow_id"]), deployment_id: idOf("deployment", row["deployment_id"]) },
    ...{ work_queue_name: text(row["work_queue_name"]), work_queue_id: idOf("work_queue", row["work_queue_id"]) },
    ...{ flow_version: text(row["flow_version"]), parameters: json(row["parameters"], "{}") },
    ...{ idempotency_key: text(row["idempotency_key"]), context: json(row["context"], "{}") },
    ...{ parent_task_run_id: text(row["parent_task_run_id"]), auto_scheduled: flag(row["auto_scheduled"]) },
    infrastructure_document_id: idOf("block_document", row["infrastructure_document_id"]),
    ...{ infrastructure_pid: text(row["infrastructure_pid"]), job_variables: jsonOrNull(row["job_variables"]) },
  };
}

const UNDER_WAY = new Set<unknown>(["PENDING", "RUNNING", "CANCELLING"]);

/** Prefect's agents send no heartbeats, so nothing tells which of these are alive. */
function underWay(row: SourceRow): string | undefined {
  if (!UNDER_WAY.has(row["state_type"])) return undefined;
  return "they were under way. A process that lives goes on when orch answers at its PREFECT_API_URL; end the others by 'orch flow-run cancel'";
}

function taskRun(row: SourceRow, { idOf }: Around): Values | Left {
  if (row["flow_run_id"] === null) return new Left("task runs without a flow run, which orch does not have");
  return {
    ...run(row),
    ...{
      flow_run_id: idOf("flow_run", row["flow_run_id"]),
      task_key: text(row["task_key"]),
      dynamic_key: text(row["dynamic_key"]),
    },
    ...{ cache_key: text(row["cache_key"]), cache_expiration: moment(row["cache_expiration"]) },
    ...{ task_version: text(row["task_version"]), task_inputs: json(row["task_inputs"], "{}") },
    flow_run_run_count: row["flow_run_run_count"] ?? 0,
  };
}

/** Prefect once kept the data of a state in its row; ours is an artifact, which then has the state's id. */
function statePlan(kind: "flow_run" | "task_run", what: string): Plan {
  const own = `${kind}_id`;
  const isData = (row: SourceRow) => row["result_artifact_id"] === null && jsonOrNull(row["data"]) !== null;
  return {
    table: `${kind}_state`,
    what,
    links: { result_artifact_id: "artifact" },
    before(row) {
      if (!isData(row)) return [];
      const { id, created, updated } = made(row);
      return [
        { table: "artifact", values: { id, created, updated, data: jsonOrNull(row["data"]), [own]: text(row[own]) } },
      ];
    },
    convert: (row, { idOf }) => ({
      ...{ id: text(row["id"]), [own]: idOf(kind, row[own]), type: text(row["type"]), name: text(row["name"]) },
      ...{ timestamp: moment(row["timestamp"]), message: text(row["message"]) },
      state_details: details(row["state_details"]),
      result_artifact_id: isData(row) ? text(row["id"]) : idOf("artifact", row["result_artifact_id"]),
    }),
  };
}
