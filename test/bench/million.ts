// A home after a month of use, written straight into its database file: flow runs by the million, in the order of time.
import { Database } from "bun:sqlite";
import { openDatabase } from "#db/connect.ts";

const DAY_MS = 86_400_000;

export interface Month {
  runs: number;
  flows: number;
  deployments: number;
}

export const DESIGN_SIZE: Month = { runs: 1_000_000, flows: 200, deployments: 10_000 };

/** An id that sorts by its number: of time first, as those the server makes. `bits` is an SQL expression. */
const id = (kind: string, n: string) =>
  `printf('%08x-%04x-7${kind}-8000-%012x', (:begin + ${n} * :step) >> 16, (:begin + ${n} * :step) & 65535, ${n})`;

/** A millisecond as the wire has it. */
const time = (ms: string) => `strftime('%Y-%m-%dT%H:%M:%f', (${ms}) / 1000.0, 'unixepoch') || '000+00:00'`;

// The last 3 % are still to come, one in 5,000 is running, the others have ended; most of them well.
const STATES = `case when n >= :now then 'SCHEDULED' when n % 5000 = 0 then 'RUNNING' when n % 100 < 5 then 'FAILED'
  when n % 100 = 5 then 'CRASHED' when n % 100 = 6 then 'CANCELLED' else 'COMPLETED' end`;

const PLAN = `create temp table plan as
  with recursive numbers (n) as (select 0 union all select n + 1 from numbers where n + 1 < :runs),
    drawn as (select n, :begin + n * :step as due, (n * 7919) % :deployments as d, ${STATES} as type from numbers)
  select n, ${id("001", "n")} as run_id, ${id("002", "n")} as state_id, d, type, ${time("due")} as due,
    case when n < :now then ${time("due + 200 + n % 900")} end as started,
    case when n < :now and type <> 'RUNNING' then ${time("due + 2000 + n % 60000")} end as ended
  from drawn`;

const FLOWS = `insert into flow (id, created, updated, name, tags)
  with recursive numbers (n) as (select 0 union all select n + 1 from numbers where n + 1 < :flows)
  select ${id("003", "n")}, ${time(":begin")}, ${time(":begin")}, 'flow-' || n, '[]' from numbers`;

const DEPLOYMENTS = `insert into deployment (id, created, updated, name, flow_id, tags)
  with recursive numbers (n) as (select 0 union all select n + 1 from numbers where n + 1 < :deployments)
  select ${id("004", "n")}, ${time(":begin")}, ${time(":begin")}, 'deployment-' || n, ${id("003", "(n % :flows)")},
    json_array('team-' || (n % 20)) from numbers`;

const RUNS = `insert into flow_run (id, created, updated, name, flow_id, state_id, deployment_id, work_queue_name,
    work_queue_id, parameters, idempotency_key, tags, state_type, state_name, state_timestamp, run_count,
    expected_start_time, next_scheduled_start_time, start_time, end_time, total_run_time, auto_scheduled)
  select run_id, due, coalesce(ended, due), 'lively-falcon-' || ((n * 31) % 50000), ${id("003", "(d % :flows)")}, state_id,
    ${id("004", "d")}, 'default', (select id from work_queue limit 1), json_object('name', 'Marvin', 'n', n),
    case when n % 2 then 'scheduled ' || n end, json_array('team-' || (d % 20), case n % 3 when 0 then 'prod' else 'dev' end,
    case n % 10000 when 77 then 'rare' else 'auto-scheduled' end), type, upper(substr(type, 1, 1)) || lower(substr(type, 2)),
    coalesce(ended, started, due), started is not null, due, case type when 'SCHEDULED' then due end, started, ended,
    case when ended is null then 0 else 1.5 + n % 60 end, n % 10 <> 0
  from plan`;

const STATE_ROWS = `insert into flow_run_state (id, flow_run_id, type, name, timestamp, message, state_details)
  select state_id, run_id, type, upper(substr(type, 1, 1)) || lower(substr(type, 2)), coalesce(ended, started, due),
    case type when 'COMPLETED' then 'All states completed.' end, json_object('flow_run_id', run_id) from plan`;

/** Makes the home's database, or fills the one that is there. Nobody else may have it open. */
export async function fillDatabase(path: string, { runs, flows, deployments }: Month): Promise<void> {
  await openDatabase(path).close();
  const sqlite = new Database(path);
  try {
    for (const pragma of ["foreign_keys = off", "synchronous = off", "cache_size = -400000"])
      sqlite.run(`pragma ${pragma}`);
    const step = Math.floor((35 * DAY_MS) / runs);
    const now = Math.floor(runs * 0.97);
    const values = { runs, flows, deployments, step, now, begin: Date.now() - now * step };
    const bound = (sql: string) =>
      Object.fromEntries(
        Object.entries(values).flatMap(([name, value]) => (sql.includes(`:${name}`) ? [[`:${name}`, value]] : [])),
      );
    // Built at once in the end, indexes cost a tenth of what they cost row by row.
    const indexes = sqlite.query<{ name: string; sql: string }, []>(
      "select name, sql from sqlite_master where type = 'index' and tbl_name in ('flow_run', 'flow_run_state') and sql is not null",
    );
    const later = indexes.all();
    sqlite.transaction(() => {
      for (const { name } of later) sqlite.run(`drop index ${name}`);
      for (const sql of [FLOWS, DEPLOYMENTS, PLAN, RUNS, STATE_ROWS]) sqlite.query(sql).run(bound(sql));
      for (const { sql } of later) sqlite.run(sql);
    })();
  } finally {
    sqlite.close();
  }
}
