// What becomes of each table of Prefect 2.10 to 2.20, in the order in which they refer to each other.
import * as v from "valibot";
import { writeJson } from "#db/codecs.ts";
import { checkedSchedule } from "#domain/schedules/refusals.ts";
import { messageOf } from "#lib/errors.ts";
import { newId } from "#lib/ids.ts";
import { parseJson, withNumbers } from "#lib/json.ts";
import { schedule } from "#wire/deployments/schedules.ts";
import { flag, json, jsonOrNull, made, moment, text } from "./columns.ts";
import { HISTORY } from "./history.ts";
import { type Around, Left, type Plan, type Values } from "./plan.ts";
import type { SourceRow } from "./source.ts";

const named = (row: SourceRow) => String(row["name"]);

const CONFIGURED: readonly Plan[] = [
  {
    table: "flow",
    what: "flows",
    names: ["name"],
    label: named,
    convert: (row) => ({ ...made(row), name: text(row["name"]), tags: json(row["tags"], "[]") }),
  },
  {
    table: "work_pool",
    what: "work pools",
    names: ["name"],
    label: named,
    // Its default queue comes later, and is set when it is there.
    convert: (row) => ({
      ...made(row),
      ...{ name: text(row["name"]), description: text(row["description"]), type: text(row["type"]) },
      ...{ base_job_template: json(row["base_job_template"], "{}"), is_paused: flag(row["is_paused"]) },
      concurrency_limit: row["concurrency_limit"] ?? null,
    }),
  },
  {
    table: "work_queue",
    what: "work queues",
    names: ["work_pool_id", "name"],
    label: named,
    convert: (row, { idOf }) => ({
      ...made(row),
      ...{ name: text(row["name"]), description: text(row["description"]) ?? "", is_paused: flag(row["is_paused"]) },
      ...{ concurrency_limit: row["concurrency_limit"] ?? null, priority: Math.max(1, Number(row["priority"] ?? 1)) },
      ...{ work_pool_id: idOf("work_pool", row["work_pool_id"]), filter: jsonOrNull(row["filter"]) },
      last_polled: moment(row["last_polled"]),
    }),
  },
  {
    table: "block_type",
    what: "block types",
    names: ["slug"],
    label: named,
    convert: (row) => ({
      ...made(row),
      ...{ name: text(row["name"]), slug: text(row["slug"]), logo_url: text(row["logo_url"]) },
      ...{ documentation_url: text(row["documentation_url"]), description: text(row["description"]) },
      ...{ code_example: text(row["code_example"]), is_protected: flag(row["is_protected"]) },
    }),
  },
  {
    table: "block_schema",
    what: "block schemas",
    names: ["checksum", "version"],
    label: (row) => String(row["checksum"]),
    convert: (row, { idOf, fieldsOf }) => ({
      ...made(row),
      ...{ checksum: text(row["checksum"]), fields: writeJson(fieldsOf(row)) },
      ...{ block_type_id: idOf("block_type", row["block_type_id"]), capabilities: json(row["capabilities"], "[]") },
      version: text(row["version"]) ?? "non-versioned",
    }),
  },
  {
    table: "block_document",
    what: "blocks",
    names: ["block_type_id", "name"],
    label: named,
    convert(row, { idOf, sealed }) {
      const data = sealed(row);
      if (data === undefined) return new Left("they are sealed with a key that is not there");
      return {
        ...made(row),
        ...{ name: text(row["name"]), data, is_anonymous: flag(row["is_anonymous"]) },
        block_schema_id: idOf("block_schema", row["block_schema_id"]),
        block_type_id: idOf("block_type", row["block_type_id"]),
      };
    },
  },
  {
    table: "block_document_reference",
    what: "references between blocks",
    same: ["parent_block_document_id", "name", "reference_block_document_id"],
    label: named,
    convert(row, { idOf, isJoined }) {
      if (isJoined("block_document", row["parent_block_document_id"]))
        return new Left("the block that refers is orch's own");
      return {
        ...{ id: text(row["id"]), name: text(row["name"]) },
        parent_block_document_id: idOf("block_document", row["parent_block_document_id"]),
        reference_block_document_id: idOf("block_document", row["reference_block_document_id"]),
      };
    },
  },
  {
    ...{ table: "deployment", what: "deployments", names: ["flow_id", "name"], label: named, convert: deployment },
    asItIs: refusedSchedule,
    links: {
      work_queue_id: "work_queue",
      storage_document_id: "block_document",
      infrastructure_document_id: "block_document",
    },
  },
  {
    table: "concurrency_limit",
    what: "concurrency limits",
    names: ["tag"],
    label: (row) => String(row["tag"]),
    convert: (row) => ({
      ...made(row),
      ...{ tag: text(row["tag"]), concurrency_limit: row["concurrency_limit"] ?? 0 },
      active_slots: json(row["active_slots"], "[]"),
    }),
  },
  {
    table: "concurrency_limit_v2",
    into: "global_concurrency_limit",
    what: "global concurrency limits",
    names: ["name"],
    label: named,
    convert: (row) => ({
      ...made(row),
      ...{ name: text(row["name"]), limit: row["limit"] ?? 0, active: flag(row["active"]) },
      ...{ active_slots: row["active_slots"] ?? 0, denied_slots: row["denied_slots"] ?? 0 },
      slot_decay_per_second: row["slot_decay_per_second"] ?? 0,
      avg_slot_occupancy_seconds: row["avg_slot_occupancy_seconds"] ?? 2,
    }),
  },
  {
    table: "variable",
    what: "variables",
    names: ["name"],
    label: named,
    convert: (row) => ({
      ...made(row),
      ...{ name: text(row["name"]), value: text(row["value"]), tags: json(row["tags"], "[]") },
    }),
  },
  {
    table: "saved_search",
    what: "saved searches",
    names: ["name"],
    label: named,
    convert: (row) => ({ ...made(row), name: text(row["name"]), filters: json(row["filters"], "[]") }),
  },
  {
    table: "flow_run_notification_policy",
    what: "notification policies",
    convert: (row, { idOf }) => ({
      ...made(row),
      ...{ is_active: flag(row["is_active"]), state_names: json(row["state_names"], "[]") },
      ...{ tags: json(row["tags"], "[]"), message_template: text(row["message_template"]) },
      block_document_id: idOf("block_document", row["block_document_id"]),
    }),
  },
];

/** `paused` took the place of `is_schedule_active` in Prefect 2.16, and schedules got a table. */
function deployment(row: SourceRow, around: Around): Values {
  const { idOf } = around;
  const enforced = row["enforce_parameter_schema"];
  return {
    ...made(row),
    ...{ name: text(row["name"]), version: text(row["version"]), description: text(row["description"]) },
    ...{ flow_id: idOf("flow", row["flow_id"]), schedules: schedulesOf(row, around) },
    is_schedule_active: row["paused"] === undefined ? flag(row["is_schedule_active"]) : 1 - flag(row["paused"]),
    ...{ infra_overrides: json(row["infra_overrides"], "{}"), parameters: json(row["parameters"], "{}") },
    ...{ tags: json(row["tags"], "[]"), work_queue_name: text(row["work_queue_name"]) },
    ...{ work_queue_id: idOf("work_queue", row["work_queue_id"]), path: text(row["path"]) },
    parameter_openapi_schema: jsonOrNull(row["parameter_openapi_schema"]),
    ...{ pull_steps: jsonOrNull(row["pull_steps"]), entrypoint: text(row["entrypoint"]) },
    ...{ manifest_path: text(row["manifest_path"]) },
    storage_document_id: idOf("block_document", row["storage_document_id"]),
    infrastructure_document_id: idOf("block_document", row["infrastructure_document_id"]),
    enforce_parameter_schema: enforced === undefined || enforced === null ? null : flag(enforced),
  };
}

function schedulesOf(row: SourceRow, { schedules }: Around): string {
  if (schedules) {
    return writeJson(
      (schedules.get(String(row["id"])) ?? []).map((one) => ({
        ...made(one),
        schedule: parseJson(json(one["schedule"], "null")),
        active: Boolean(one["active"]),
        max_active_runs: one["max_active_runs"] ?? null,
        catchup: Boolean(one["catchup"]),
        max_scheduled_runs: one["max_scheduled_runs"] ?? null,
      })),
    );
  }
  const text = jsonOrNull(row["schedule"]);
  if (text === null) return "[]";
  const { updated } = made(row);
  const rest = { active: true, max_active_runs: null, catchup: false, max_scheduled_runs: null };
  return writeJson([{ id: newId(), created: updated, updated, schedule: parseJson(text), ...rest }]);
}

/** Why orch makes no runs by a schedule of the deployment; undefined where it does. */
function refusedSchedule(row: SourceRow, { schedules }: Around): string | undefined {
  const rows = schedules ? (schedules.get(String(row["id"])) ?? []) : [row];
  for (const text of rows.map((one) => jsonOrNull(one["schedule"]))) {
    if (text === null) continue;
    try {
      checkedSchedule(v.parse(schedule(), withNumbers(parseJson(text))));
    } catch (error) {
      return `orch makes no runs by their schedule, until it is corrected: ${messageOf(error).replace(/\.$/, "")}`;
    }
  }
  return undefined;
}

export const PLANS: readonly Plan[] = [...CONFIGURED, ...HISTORY];

/** Tables without a line in the report: their rows come over within others, or tell of the database's own making. */
export const UNLISTED: ReadonlySet<string> = new Set([
  "alembic_version",
  "block_schema_reference",
  "deployment_schedule",
]);

const COMES_AGAIN = "it registers itself again with its next call";
/** Of any table that is not named here. */
export const NO_SUCH = "orch has no such thing";

/** Tables that do not come over, and why. */
export const LEFT_OUT: Readonly<Record<string, string>> = {
  agent: COMES_AGAIN,
  worker: COMES_AGAIN,
  configuration: "settings of Prefect's server; the secrets of blocks are sealed with orch's own key",
  flow_run_notification_queue: "messages that Prefect had not sent yet, which a second run would send twice",
  automation: NO_SUCH,
  csrf_token: "only good for Prefect's server",
};
