// Reads a running server of Prefect 2.10 to 2.20 by its API, all of it, before anything is taken. Only reads and filters are sent.
import type { Clock } from "#lib/clock.ts";
import type { JsonObject } from "#lib/json.ts";
import type { Source, SourceRow } from "../source.ts";
import { createKeep } from "./kept.ts";
import { createLackingNotes } from "./lacking.ts";
import { connectPrefect } from "./prefect-api.ts";
import type { Reading } from "./reading.ts";
import { noteUncounted } from "./server-counts.ts";
import { readConfigured, readLeftByRuns } from "./server-lists.ts";
import { readReferred } from "./server-referred.ts";
import { readNewRuns, readRuns } from "./server-runs.ts";
import { createSpool } from "./spool.ts";

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
    ...{ api, spool, lacking: createLackingNotes() },
    show(what) {
      const count = (counted.get(what) ?? 0) + 1;
      counted.set(what, count);
      show(what, count);
    },
  };
  const secrets = new Map<string, JsonObject>();
  try {
    const keep = createKeep(spool, secrets);
    // What refers to others is read before them: they are there then.
    await readRuns(reading);
    await readLeftByRuns(reading, keep);
    await readConfigured(reading, keep);
    await readReferred(reading, keep);
    await readNewRuns(reading);
    await noteUncounted(reading);
    spool.joinResults();
    const queues = queueIds(reading);
    return {
      ...{ shown: api.url, counts: spool.counts(), lacking: reading.lacking.all(), bytes: spool.bytes(), goesOn: true },
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
