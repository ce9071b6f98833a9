// A deployment as its file and its builder know it, before the server has seen it.

import type { JsonObject } from "#lib/json.ts";
import type { TextField } from "#wire/deployments/deployments.ts";
import type { ScheduleInput } from "#wire/deployments/schedules.ts";
import type { Catchup, Overlap } from "#wire/runs/run-policies.ts";

export interface DeploymentSpec extends Record<TextField, string | null> {
  name: string;
  tags: string[];
  parameters: JsonObject;
  schedule: ScheduleInput | null;
  is_schedule_active: boolean | null;
  /** What becomes of runs that overlap, and of those that are late; null for the defaults. Only orch knows these two. */
  overlap: Overlap | null;
  catchup: Catchup | null;
  infra_overrides: JsonObject;
  /** The fields of the infrastructure block, with `block_type_slug`; `_block_document_id` for a saved one. */
  infrastructure: JsonObject;
  flow_name: string;
  /** The fields of the storage block in the same way; `null`: the path is a folder of this machine. */
  storage: JsonObject | null;
  parameter_openapi_schema: JsonObject | null;
  timestamp: string | null;
}

/** True for a block that the server has already: it is then not part of the file's editable half. */
export function isSavedBlock(block: JsonObject): boolean {
  return typeof block["_block_document_id"] === "string";
}
