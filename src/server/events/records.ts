// Reads the records that were changed since a moment: queues, pools, deployments, flows, variables, blocks and the like.
import type { Reader, SqlValue } from "#db/connect.ts";
import type { Timestamp } from "#lib/time/timestamps.ts";
import type { RecordEventName } from "#wire/events.ts";
import type { ListenerEvent } from "./store.ts";

interface Kind {
  table: string;
  /** What the event says besides the id: columns of the table, which is `r`. Those that begin with `is_` are true or false. */
  says: string;
  join?: string;
  /** The column that says when the record was changed last; `updated` where it is not named. */
  at?: string;
}

/** Of runs the states tell what is new. */
type Name = Exclude<RecordEventName, "flow-run">;

/** A kind with many rows needs an index of `updated`: each look asks for the newest of each kind. */
const KINDS: Readonly<Record<Name, Kind>> = {
  "work-queue": {
    table: "work_queue",
    says: "r.name, p.name as work_pool_name, r.is_paused, r.concurrency_limit",
    join: "join work_pool p on p.id = r.work_pool_id",
  },
  "work-pool": { table: "work_pool", says: "r.name, r.is_paused, r.concurrency_limit" },
  deployment: { table: "deployment", says: "r.name, r.flow_id, r.is_schedule_active, r.work_queue_name" },
  flow: { table: "flow", says: "r.name" },
  variable: { table: "variable", says: "r.name" },
  "block-document": { table: "block_document", says: "r.name" },
  "notification-policy": { table: "flow_run_notification_policy", says: "r.is_active" },
  "concurrency-limit": { table: "concurrency_limit", says: "r.tag, r.concurrency_limit", at: "changed" },
};

const NAMES = Object.keys(KINDS) as Name[]; // the keys of the table above

export interface ChangedRow {
  id: string;
  updated: Timestamp;
  event: Extract<ListenerEvent, { name: Name }>;
}

/** When a record was changed last; null when there is none. */
export function newestChange(q: Reader): Timestamp | null {
  const newest = Object.values(KINDS).map(({ table, at = "updated" }) => `select max(${at}) as at from ${table}`);
  return q.get<{ at: Timestamp | null }>(`select max(at) as at from (${newest.join(" union all ")})`)?.at ?? null;
}

/** The records that were changed then or later, in the order of time. */
export function changedSince(q: Reader, since: Timestamp, limit: number): ChangedRow[] {
  return NAMES.flatMap((name) => {
    const { table, says, join = "", at = "updated" } = KINDS[name];
    const sql = `select r.id, r.created, r.${at} as updated, ${says} from ${table} r ${join} where r.${at} >= ? order by r.${at} limit ?`;
    return q.all<Row>(sql, since, limit).map((row) => changedRow(name, row));
  })
    .sort((a, b) => (a.updated < b.updated ? -1 : 1))
    .slice(0, limit);
}

interface Row {
  id: string;
  created: Timestamp;
  updated: Timestamp;
  [says: string]: SqlValue;
}

function changedRow(name: Name, { created, updated, ...says }: Row): ChangedRow {
  const read = (key: string, value: SqlValue) => (key.startsWith("is_") ? value === 1 : value);
  const values = Object.entries(says).map(([key, value]) => [key, read(key, value)] as const);
  const data = { change: created === updated ? "created" : "changed", ...Object.fromEntries(values) };
  return { id: says.id, updated, event: { name, data } as ChangedRow["event"] }; // as the kind's columns say
}
