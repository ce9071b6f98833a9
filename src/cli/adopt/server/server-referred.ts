// Asks a server for what other objects refer to and no list has shown: blocks come in no order, so that a page may miss one, and
// what a list cannot send may come alone.
import { isObject, type JsonObject } from "#lib/json.ts";
import type { Keep } from "./kept.ts";
import type { Reading } from "./reading.ts";
import { isUnsent, readRunAlone } from "./server-runs.ts";

/** From the column of a kind to another kind. Those that bring further references come first. */
const REFERENCES = [
  ["deployment", "storage_document_id", "block_document"],
  ["deployment", "infrastructure_document_id", "block_document"],
  ["flow_run", "infrastructure_document_id", "block_document"],
  ["flow_run_notification_policy", "block_document_id", "block_document"],
  ["block_document_reference", "reference_block_document_id", "block_document"],
  ["block_document", "block_schema_id", "block_schema"],
  ["block_document", "block_type_id", "block_type"],
  ["block_schema", "block_type_id", "block_type"],
  ["flow_run", "deployment_id", "deployment"],
  ["flow_run", "flow_id", "flow"],
  ["deployment", "flow_id", "flow"],
] as const;

/** Many of these are of runs that were deleted: looked at only when a run is missing. */
const OF_RUNS = [
  ["log", "flow_run_id", "flow_run"],
  ["artifact", "flow_run_id", "flow_run"],
] as const;

const ROUTES: Readonly<Record<string, (id: string) => string>> = {
  block_document: (id) => `/block_documents/${id}?include_secrets=true`,
  block_schema: (id) => `/block_schemas/${id}`,
  block_type: (id) => `/block_types/${id}`,
  deployment: (id) => `/deployments/${id}`,
  flow: (id) => `/flows/${id}`,
  flow_run: (id) => `/flow_runs/${id}`,
};

export async function readReferred(reading: Reading, keep: Keep): Promise<void> {
  const { spool, lacking } = reading;
  const ofRuns = lacking.unsentOf("flow_run") > 0 ? OF_RUNS : [];
  for (const [kind, column, to] of [...ofRuns, ...REFERENCES]) {
    for (const id of spool.dangling(kind, column, to)) await readAlone(reading, keep, { kind: to, id });
  }
}

/** An object that is not found was deleted; references to it were left. */
async function readAlone(reading: Reading, keep: Keep, { kind, id }: Record<"kind" | "id", string>): Promise<void> {
  const { api, lacking } = reading;
  try {
    const one = await api.get(ROUTES[kind]?.(id) ?? "");
    if (!isObject(one)) return;
    const object = one as JsonObject; // isObject does not know that its values are JSON
    if (kind === "flow_run") await readRunAlone(object, reading);
    else keep(kind, object);
    lacking.found(kind);
  } catch (error) {
    if (!isUnsent(error)) throw error;
    if (!lacking.rename(kind, id)) lacking.unsent(kind, id);
  }
}
