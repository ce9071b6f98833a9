// Reads a running server of Prefect 2.10 to 2.20 by its API, all of it, before anything is taken. Only reads and filters are sent.
import type { Clock } from "#lib/clock.ts";
import type { JsonObject } from "#lib/json.ts";
import { artifact, block, blockSchema, deployment, idOf, objectsOf, row, run, spooled } from "./api-rows.ts";
import { connectPrefect } from "./prefect-api.ts";
import { type Reading, readRuns } from "./server-runs.ts";
import type { Source, SourceRow } from "./source.ts";
import { createSpool, type SpooledRow } from "./spool.ts";

export interface ServerOptions {
  apiKey: string | null;
  clock: Clock;
  /** Called for what is read, with how many there are by now. */
  show(what: string, count: number): void;
}

/** Throws a sentence for an address where no such server answers, and for one that is lost or goes on changing while it is read. */
export async function openPrefectServer(given: string, { apiKey, clock, show }: ServerOptions): Promise<Source> {
  const api = await connectPrefect(given, { apiKey, clock });
  const spool = createSpool();
  const counted = new Map<string, number>();
  const reading: Reading = {
    ...{ api, spool },
    show(what) {
      const count = (counted.get(what) ?? 0) + 1;
      counted.set(what, count);
      show(what, count);
    },
  };
  try {
    // What refers to others is read before them: they are there then.
    await readRuns(reading);
    await readLoneTaskRuns(reading);
    await readLogs(reading);
    await readList(reading, "artifact", "/artifacts/filter", artifact);
    await readList(reading, "artifact_collection", "/artifacts/latest/filter", (one) => spooled(one));
    await readConfigured(reading);
    const secrets = await readBlocks(reading);
    spool.joinResults();
    const queues = queueIds(reading);
    return {
      ...{ shown: api.url, counts: spool.counts(), bytes: spool.bytes(), goesOn: true },
      pages: (table) => (NAMES_QUEUES.has(table) ? withQueues(spool.pages(table), queues) : spool.pages(table)),
      unsealed: ({ id }) => secrets.get(String(id)) ?? {},
      requireUnchanged() {},
      close: () => spool.close(),
    };
  } catch (error) {
    spool.close();
    throw error;
  }
}

async function readList(
  { api, spool, show }: Reading,
  kind: string,
  path: string,
  convert: (one: JsonObject) => SpooledRow,
  body: JsonObject = {},
): Promise<void> {
  for await (const page of api.pages(path, body)) {
    for (const one of page) if (spool.put(kind, convert(one))) show(WORDS[kind] ?? `${kind.replaceAll("_", " ")}s`);
  }
}

const WORDS: Readonly<Record<string, string>> = {
  artifact_collection: "newest artifacts",
  flow_run_notification_policy: "notification policies",
  saved_search: "saved searches",
};

/** Only newer servers have them: they are counted as left out. */
async function readLoneTaskRuns({ api, spool }: Reading): Promise<void> {
  if (api.minor < LONE_TASKS_MINOR) return;
  const body = { sort: "ID_DESC", task_runs: { flow_run_id: { is_null_: true } } };
  for await (const page of api.pages("/task_runs/filter", body))
    for (const one of page) spool.put("task_run", run(one));
}

const LONE_TASKS_MINOR = 16;

/** By their time, as a server needs longer the more lines it has to skip. Lines of one moment are skipped, though. */
async function readLogs({ api, spool, show }: Reading): Promise<void> {
  let [after, offset] = ["", 0];
  for (;;) {
    const since = after === "" ? {} : { logs: { timestamp: { after_: after } } };
    const lines = (await api.filter("/logs/filter", { sort: "TIMESTAMP_ASC", offset, ...since })) ?? [];
    for (const line of lines) {
      if (spool.put("log", { row: row(line), at: String(line["timestamp"]) })) show("log lines");
    }
    const last = lines.at(-1)?.["timestamp"];
    if (typeof last !== "string") return;
    [after, offset] = last === after ? [after, offset + lines.length] : [last, 0];
  }
}

async function readConfigured(reading: Reading): Promise<void> {
  const { api, spool } = reading;
  const list = (kind: string, path: string, body: JsonObject = {}) =>
    readList(reading, kind, path, (one) => spooled(one), body);
  await list("flow_run_notification_policy", "/flow_run_notification_policies/filter");
  for await (const page of api.pages("/deployments/filter", { sort: "CREATED_DESC" })) {
    for (const one of page) {
      spool.put("deployment", deployment(one));
      reading.show("deployments");
      if (!Array.isArray(one["schedules"])) continue;
      spool.know("deployment_schedule");
      for (const each of objectsOf(one["schedules"]))
        spool.put("deployment_schedule", spooled({ ...each, deployment_id: idOf(one) }));
    }
  }
  await list("flow", "/flows/filter", { sort: "CREATED_DESC" });
  for await (const pools of api.pages("/work_pools/filter", {})) {
    for (const pool of pools) {
      const path = `/work_pools/${encodeURIComponent(String(pool["name"]))}`;
      await list("work_queue", `${path}/queues/filter`);
      await list("worker", `${path}/workers/filter`);
      spool.put("work_pool", spooled(pool));
    }
  }
  // By their names alone they have no order: this finds those that belong to no pool.
  await list("work_queue", "/work_queues/filter");
  await list("concurrency_limit", "/concurrency_limits/filter");
  await list("variable", "/variables/filter");
  await list("saved_search", "/saved_searches/filter");
  for (const [kind, path] of LATER) {
    if ((await api.filter(path, {})) !== undefined) await list(kind, path);
  }
}

/** What only newer servers have. */
const LATER = [
  ["concurrency_limit_v2", "/v2/concurrency_limits/filter"],
  ["automation", "/automations/filter"],
] as const;

/** Gives the data of each block in the clear, which stays in memory. */
async function readBlocks(reading: Reading): Promise<ReadonlyMap<string, JsonObject>> {
  const { api, spool, show } = reading;
  const secrets = new Map<string, JsonObject>();
  for (const eq_ of [false, true]) {
    const body = { include_secrets: true, block_documents: { is_anonymous: { eq_ } } };
    for await (const page of api.pages("/block_documents/filter", body)) {
      for (const one of page) {
        const read = block(one);
        secrets.set(idOf(one), read.data);
        if (spool.put("block_document", read.block)) show("blocks");
        for (const reference of read.references) spool.put("block_document_reference", reference);
      }
    }
  }
  await readList(reading, "block_schema", "/block_schemas/filter", blockSchema);
  await readList(reading, "block_type", "/block_types/filter", (one) => spooled(one));
  return secrets;
}

/** These name their pool and their queue, where the database has the queue's id. */
const NAMES_QUEUES = new Set(["flow_run", "deployment"]);

const queueName = (pool: unknown, queue: unknown) => `${pool}\n${queue}`;

function queueIds({ spool }: Reading): ReadonlyMap<string, string> {
  const pools = new Map([...spool.pages("work_pool")].flat().map(({ id, name }) => [id, name]));
  const queues = [...spool.pages("work_queue")].flat();
  return new Map(
    queues.map(({ id, name, work_pool_id }) => [queueName(pools.get(work_pool_id ?? null), name), String(id)]),
  );
}

function* withQueues(pages: Iterable<readonly SourceRow[]>, ids: ReadonlyMap<string, string>) {
  for (const page of pages) {
    yield page.map((one): SourceRow => {
      const id = ids.get(queueName(one["work_pool_name"], one["work_queue_name"]));
      return { ...one, work_queue_id: id ?? null };
    });
  }
}
