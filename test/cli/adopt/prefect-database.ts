// A database as Prefect 2.10.4 or 2.20 makes it, with the rows that a test gives. Only names of tables and columns are Prefect's.
import { Database as Sqlite } from "bun:sqlite";
import { createCipheriv, createHmac, randomBytes } from "node:crypto";

const TABLES: Record<string, string> = {
  agent: "name last_activity_time work_queue_id",
  alembic_version: "version_num",
  artifact: "key type data metadata_ task_run_id flow_run_id description",
  artifact_collection: "key latest_id task_run_id flow_run_id type data description metadata_",
  block_document: "name data block_schema_id block_type_id is_anonymous",
  block_document_reference: "name parent_block_document_id reference_block_document_id",
  block_schema: "fields block_type_id checksum capabilities version",
  block_schema_reference: "name parent_block_schema_id reference_block_schema_id",
  block_type: "name logo_url documentation_url description code_example is_protected slug",
  concurrency_limit: "tag concurrency_limit active_slots",
  configuration: "key value",
  deployment:
    "name schedule is_schedule_active tags parameters flow_data flow_id description infrastructure_document_id manifest_path parameter_openapi_schema storage_document_id version infra_overrides path entrypoint work_queue_name created_by updated_by work_queue_id pull_steps",
  flow: "name tags",
  flow_run:
    "name state_type run_count expected_start_time next_scheduled_start_time start_time end_time total_run_time flow_version parameters idempotency_key context empirical_policy tags auto_scheduled flow_id deployment_id parent_task_run_id state_id state_name infrastructure_document_id work_queue_name state_timestamp created_by infrastructure_pid work_queue_id",
  flow_run_notification_policy: "is_active state_names tags message_template block_document_id",
  flow_run_notification_queue: "flow_run_notification_policy_id flow_run_state_id",
  flow_run_state: "type timestamp name message state_details data flow_run_id result_artifact_id",
  log: "name level flow_run_id task_run_id message timestamp",
  saved_search: "name filters",
  task_run:
    "name state_type run_count expected_start_time next_scheduled_start_time start_time end_time total_run_time task_key dynamic_key cache_key cache_expiration task_version empirical_policy task_inputs tags flow_run_id state_id state_name state_timestamp flow_run_run_count",
  task_run_state: "type timestamp name message state_details data task_run_id result_artifact_id",
  task_run_state_cache: "cache_key cache_expiration task_run_state_id",
  variable: "name value tags",
  work_pool: "name description type base_job_template is_paused concurrency_limit default_queue_id",
  work_queue: "name filter description is_paused concurrency_limit last_polled priority work_pool_id",
  worker: "name last_heartbeat_time work_pool_id",
};

/** What 2.11 to 2.20 have added. */
const LATER: Record<string, string> = {
  automation: "name description enabled trigger actions actions_on_trigger actions_on_resolve",
  automation_bucket: "automation_id trigger_id bucketing_key last_event start end count last_operation triggered_at",
  automation_event_follower: "leader_event_id follower_event_id received follower",
  automation_related_resource: "automation_id resource_id automation_owned_by_resource",
  block_document: "block_type_name",
  composite_trigger_child_firing:
    "automation_id parent_trigger_id child_trigger_id child_firing_id child_fired_at child_firing",
  concurrency_limit_v2: "active name limit active_slots denied_slots slot_decay_per_second avg_slot_occupancy_seconds",
  csrf_token: "token client expiration",
  deployment: "enforce_parameter_schema last_polled paused status",
  deployment_schedule: "schedule active deployment_id max_active_runs max_scheduled_runs catchup",
  event_resources: "occurred resource_id resource_role resource event_id",
  events: "occurred event resource_id resource related_resource_ids related payload received recorded follows",
  flow_run: "job_variables deployment_version",
  flow_run_input: "key value flow_run_id sender",
  work_pool: "status last_transitioned_status_at last_status_event_id",
  work_queue: "status",
  worker: "heartbeat_interval_seconds status",
};

export type Rows = Record<string, Record<string, unknown>[]>;

export const KEY = randomBytes(32).toString("base64url");

/** Writes it. `id`, `created` and `updated` need not be given; objects and lists become JSON. */
export function makePrefectDatabase(path: string, rows: Rows, release: "2.10" | "2.20" = "2.10"): void {
  const sqlite = new Sqlite(path);
  for (const [table, columns] of columnsOf(release)) {
    sqlite.run(`create table ${table} (${columns.map((name) => `"${name}"`).join(", ")})`);
  }
  for (const [table, all] of Object.entries(rows)) for (const row of all) insert(sqlite, table, row);
  sqlite.close();
}

export function insert(sqlite: Sqlite, table: string, row: Record<string, unknown>): void {
  const whole = { id: crypto.randomUUID(), created: TIME, updated: TIME, ...row };
  const values = Object.values(whole).map((value) => (isPlain(value) ? value : JSON.stringify(value)));
  const names = Object.keys(whole).map((name) => `"${name}"`);
  sqlite.query(`insert into ${table} (${names.join(", ")}) values (${names.map(() => "?").join(", ")})`).run(...values);
}

export const TIME = "2023-04-12 08:00:00.123456";

function isPlain(value: unknown): value is string | number | null {
  return value === null || typeof value === "string" || typeof value === "number";
}

function columnsOf(release: "2.10" | "2.20"): Map<string, string[]> {
  const own = ["id", "created", "updated"];
  const all = new Map(Object.entries(TABLES).map(([table, text]) => [table, [...own, ...text.split(" ")]]));
  if (release === "2.10") return all;
  for (const [table, text] of Object.entries(LATER)) all.set(table, [...(all.get(table) ?? own), ...text.split(" ")]);
  return all;
}

/** As Prefect seals the data of a block. */
export function sealed(data: unknown, key = KEY): string {
  const secret = Buffer.from(key, "base64url");
  const iv = randomBytes(16);
  const cipher = createCipheriv("aes-128-cbc", secret.subarray(16), iv);
  const text = typeof data === "string" ? data : JSON.stringify(data);
  const body = Buffer.concat([Buffer.from([0x80]), Buffer.alloc(8), iv, cipher.update(text), cipher.final()]);
  const mac = createHmac("sha256", secret.subarray(0, 16)).update(body).digest();
  return JSON.stringify(Buffer.concat([body, mac]).toString("base64url"));
}
