// Compares how many objects a server counts with how many it has shown.
import type { JsonObject } from "#lib/json.ts";
import type { Reading } from "./reading.ts";

interface Count {
  path: string;
  body?: JsonObject;
}

/** The kinds that are counted; some by newer servers alone. */
const COUNTS: Readonly<Record<string, Count>> = {
  artifact: { path: "/artifacts/count" },
  artifact_collection: { path: "/artifacts/latest/count" },
  automation: { path: "/automations/count" },
  // Those without a name too.
  block_document: { path: "/block_documents/count", body: { block_documents: { is_anonymous: null } } },
  deployment: { path: "/deployments/count" },
  flow: { path: "/flows/count" },
  flow_run: { path: "/flow_runs/count" },
  task_run: { path: "/task_runs/count" },
  variable: { path: "/variables/count" },
  work_pool: { path: "/work_pools/count" },
};

/** How many are counted beyond those that were read or noted as lacking; 0 where the server does not count the kind. */
export async function missingOf(kind: string, { api, spool, lacking }: Reading): Promise<number> {
  const count = COUNTS[kind];
  const counted = count ? await api.count(count.path, count.body ?? {}) : undefined;
  return Math.max(0, (counted ?? 0) - spool.count(kind) - lacking.unsentOf(kind));
}

/** When all has been read. */
export async function noteUncounted(reading: Reading): Promise<void> {
  for (const kind of Object.keys(COUNTS)) {
    const missing = await missingOf(kind, reading);
    if (missing > 0) reading.lacking.uncounted(kind, missing);
  }
}
