// Reads the lists of a server: all that it has but its runs.
import type { JsonObject } from "#lib/json.ts";
import { nameOf } from "./api-rows.ts";
import { type Keep, shownAs } from "./kept.ts";
import { placeName } from "./lacking.ts";
import { ApiFailure, readStretch, unsentOf } from "./paging.ts";
import type { Reading } from "./reading.ts";
import { missingOf } from "./server-counts.ts";

/** A list of one kind. */
interface List {
  kind: string;
  path: string;
  body?: JsonObject;
  /** The list holds all objects of the kind: it is read again when the server counts more. */
  isWhole?: true;
}

const CONFIGURED: readonly List[] = [
  { kind: "flow_run_notification_policy", path: "/flow_run_notification_policies/filter" },
  { kind: "deployment", path: "/deployments/filter", body: { sort: "CREATED_DESC" }, isWhole: true },
  { kind: "flow", path: "/flows/filter", body: { sort: "CREATED_DESC" }, isWhole: true },
];

const OTHERS: readonly List[] = [
  // Those of pools too: it finds the ones that belong to none.
  { kind: "work_queue", path: "/work_queues/filter" },
  { kind: "concurrency_limit", path: "/concurrency_limits/filter" },
  { kind: "variable", path: "/variables/filter", isWhole: true },
  { kind: "saved_search", path: "/saved_searches/filter" },
];

/** What only newer servers have. */
const LATER: readonly List[] = [
  { kind: "concurrency_limit_v2", path: "/v2/concurrency_limits/filter" },
  { kind: "automation", path: "/automations/filter", isWhole: true },
];

const LEFT_BY_RUNS: readonly List[] = [
  { kind: "artifact", path: "/artifacts/filter", isWhole: true },
  { kind: "artifact_collection", path: "/artifacts/latest/filter", isWhole: true },
];

const SCHEMAS: readonly List[] = [
  { kind: "block_schema", path: "/block_schemas/filter" },
  { kind: "block_type", path: "/block_types/filter" },
];

/** How often a list is read that shows fewer than the server counts. */
const MOST_READINGS = 3;

/** What runs have left. Of task runs without a flow run, which newer servers have, only how many there are. */
export async function readLeftByRuns(reading: Reading, keep: Keep): Promise<void> {
  if (reading.api.minor >= LONE_TASKS_MINOR) {
    const body = { sort: "ID_DESC", task_runs: { flow_run_id: { is_null_: true } } };
    await readList(reading, keep, { kind: "task_run", path: "/task_runs/filter", body });
  }
  await readLogs(reading, keep);
  for (const list of LEFT_BY_RUNS) await readList(reading, keep, list);
}

const LONE_TASKS_MINOR = 16;

export async function readConfigured(reading: Reading, keep: Keep): Promise<void> {
  for (const list of CONFIGURED) await readList(reading, keep, list);
  await readPools(reading, keep);
  for (const list of OTHERS) await readList(reading, keep, list);
  for (const list of LATER) await readIfKnown(reading, keep, list);
  await readBlocks(reading, keep);
  for (const list of SCHEMAS) await readList(reading, keep, list);
}

async function readList(reading: Reading, keep: Keep, list: List): Promise<void> {
  const { api, lacking, show } = reading;
  const { kind, path, body = {}, isWhole = false } = list;
  for (let readings = 1; readings <= MOST_READINGS; readings += 1) {
    if (isWhole) lacking.forget(kind);
    const pages = api.pages(path, body, (one) => lacking.unsent(kind, placeName(one)));
    for await (const page of pages) {
      for (const one of page) if (keep(kind, one)) show(shownAs(kind));
    }
    if (!isWhole || (await missingOf(kind, reading)) === 0) return;
  }
}

/** What an older server, or one that has it turned off, has no route for. */
async function readIfKnown(reading: Reading, keep: Keep, list: List): Promise<void> {
  try {
    await readList(reading, keep, list);
  } catch (error) {
    if (!(error instanceof ApiFailure && error.isMissing)) throw error;
  }
}

/** A pool that was deleted since has no queues any more. */
async function readPools(reading: Reading, keep: Keep): Promise<void> {
  const pools: JsonObject[] = [];
  await readList(reading, (kind, one) => keep(kind, one) && pools.push(one) > 0, {
    ...{ kind: "work_pool", path: "/work_pools/filter", isWhole: true },
  });
  for (const pool of pools) {
    const path = `/work_pools/${encodeURIComponent(nameOf(pool))}`;
    await readIfKnown(reading, keep, { kind: "work_queue", path: `${path}/queues/filter` });
    await readIfKnown(reading, keep, { kind: "worker", path: `${path}/workers/filter` });
  }
}

/** Unless it is asked for others, a server lists only blocks with names. */
async function readBlocks(reading: Reading, keep: Keep): Promise<void> {
  for (const eq_ of [false, true]) {
    const body = { include_secrets: true, block_documents: { is_anonymous: { eq_ } } };
    await readList(reading, keep, { kind: "block_document", path: "/block_documents/filter", body });
  }
}

/** By their time, as a server needs longer the more lines it has to skip. Lines of one moment are skipped, though. */
async function readLogs({ api, lacking, show }: Reading, keep: Keep): Promise<void> {
  const ask = api.list("/logs/filter");
  let [after, offset] = ["", 0];
  let before: JsonObject | undefined;
  for (;;) {
    const since = after === "" ? {} : { logs: { timestamp: { after_: after } } };
    const stretch = await readStretch(ask, { sort: "TIMESTAMP_ASC", offset, ...since });
    const lines = stretch.slots.filter((line) => line !== undefined);
    for (const line of lines) if (keep("log", line)) show(shownAs("log"));
    const unsent = unsentOf(stretch, before);
    for (const one of unsent) lacking.unsent("log", placeName(one));
    before = lines.at(-1) ?? before;
    if (stretch.slots.length === 0 || stretch.isLast) return;
    const last = String(before?.["timestamp"] ?? "");
    // What cannot be sent is not asked for again: it is skipped with the rest of its page.
    const isSkipping = unsent.length > 0 || last === after;
    [after, offset] = isSkipping ? [after, offset + stretch.slots.length] : [last, 0];
  }
}
