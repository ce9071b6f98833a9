// `orch adopt` on small databases of Prefect's making.
import { Database as Sqlite } from "bun:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openApi } from "#cli/api.ts";
import { lockHome, SERVER } from "#db/home/home-lock.ts";
import { loadSettings } from "#settings/load.ts";
import { readBlockDocument } from "#wire/blocks.ts";
import { type TestTerminal, testTerminal } from "../io.ts";
import { KEY, makePrefectDatabase, type Rows, sealed, TIME } from "./prefect-database.ts";

let terminal: TestTerminal;
let path: string;
beforeEach(() => {
  terminal = testTerminal();
  path = join(terminal.folder, "prefect.db");
});
afterEach(() => terminal.close());

const orch = (...words: string[]) => terminal.orch(...words);
const read = async (...words: string[]) => JSON.parse((await orch(...words, "--json")).out);
const database = () => join(terminal.home, "orch.db");

interface Line {
  table: string;
  found: number;
  taken: number;
  known: number;
  kept: number;
  left_out: number;
  notes: { kind: string; why: string; count: number; names: string[] }[];
}
async function adopted(...words: string[]): Promise<Map<string, Line>> {
  const { out, err } = await orch("adopt", path, "--json", ...words);
  expect(err).toBe("");
  return new Map((JSON.parse(out).tables as Line[]).map((line) => [line.table, line]));
}
/** Rows of a table of the home's database. */
function rows(sql: string): Record<string, unknown>[] {
  const sqlite = new Sqlite(database(), { readonly: true });
  try {
    return sqlite.query<Record<string, unknown>, []>(sql).all();
  } finally {
    sqlite.close();
  }
}

/** With secrets. */
async function blockData(): Promise<string> {
  const { client, close } = await openApi(loadSettings({ ORCH_HOME: terminal.home, HOME: terminal.folder }).settings);
  const block = await client.call(readBlockDocument, { params: { id: BLOCK }, query: { include_secrets: true } });
  await close();
  return JSON.stringify(block.data);
}

const [FLOW, POOL, QUEUE, TYPE, SCHEMA, BLOCK, INNER, DEPLOYMENT, RUN, TASK, STATE, RESULT] = Array.from(
  { length: 12 },
  (_, index) => `${String(index).padStart(8, "0")}-0000-4000-8000-000000000000`,
) as [string, string, string, string, string, string, string, string, string, string, string, string]; // twelve
const SCHEDULE = { cron: "0 12 * * *", timezone: "Europe/Berlin", day_or: true };

function home(): Rows {
  return {
    alembic_version: [],
    configuration: [{ key: "ENCRYPTION_KEY", value: { fernet_key: KEY } }],
    flow: [{ id: FLOW, name: "say-hi", tags: ["a"] }],
    work_pool: [
      { id: POOL, name: "pool", type: "process", base_job_template: {}, is_paused: 1, default_queue_id: QUEUE },
    ],
    work_queue: [{ id: QUEUE, name: "default", description: "", is_paused: 0, priority: 1, work_pool_id: POOL }],
    block_type: [{ id: TYPE, name: "Mine", slug: "mine", is_protected: 0 }],
    block_schema: [
      {
        ...{ id: SCHEMA, checksum: "sha256:1", version: "1", capabilities: ["x"], block_type_id: TYPE },
        fields: { title: "Mine", properties: { inner: {} }, secret_fields: ["value"] },
      },
    ],
    block_schema_reference: [
      {
        name: "inner",
        parent_block_schema_id: SCHEMA,
        reference_block_schema_id: "00000099-0000-4000-8000-000000000000",
      },
    ],
    block_document: [
      {
        id: INNER,
        name: "inner",
        data: sealed({ value: "hush ü" }),
        block_schema_id: SCHEMA,
        block_type_id: TYPE,
        is_anonymous: 0,
      },
      {
        id: BLOCK,
        name: "outer",
        data: sealed('{"n": 9007199254740993, "x": NaN}'),
        block_schema_id: SCHEMA,
        block_type_id: TYPE,
        is_anonymous: 0,
      },
    ],
    block_document_reference: [{ name: "inner", parent_block_document_id: BLOCK, reference_block_document_id: INNER }],
    deployment: [
      {
        ...{ id: DEPLOYMENT, name: "daily", flow_id: FLOW, schedule: SCHEDULE, is_schedule_active: 1, tags: ["t"] },
        ...{ parameters: '{"n": 9007199254740993, "x": 1.0}', infra_overrides: {}, work_queue_name: "default" },
        ...{ work_queue_id: QUEUE, infrastructure_document_id: BLOCK, parameter_openapi_schema: "null" },
      },
    ],
    flow_run: [
      {
        ...{
          id: RUN,
          name: "brave-cat",
          flow_id: FLOW,
          deployment_id: DEPLOYMENT,
          state_id: STATE,
          state_type: "RUNNING",
        },
        ...{ state_name: "Running", state_timestamp: TIME, run_count: 1, start_time: TIME, auto_scheduled: 1 },
        ...{
          total_run_time: "1970-01-01 00:01:30.250000",
          parameters: '{"x": NaN}',
          context: {},
          empirical_policy: {},
        },
        ...{ tags: [], idempotency_key: "k", work_queue_id: QUEUE, infrastructure_pid: "host:1" },
      },
    ],
    task_run: [
      {
        ...{ id: TASK, name: "t-0", flow_run_id: RUN, task_key: "t", dynamic_key: "0", tags: [], task_inputs: {} },
        ...{ empirical_policy: {}, run_count: 1, total_run_time: "1970-01-01 00:00:00.000000", flow_run_run_count: 1 },
      },
    ],
    artifact: [{ id: RESULT, key: "report", type: "markdown", data: '"# hi"', flow_run_id: RUN }],
    artifact_collection: [{ key: "report", latest_id: RESULT }],
    flow_run_state: [
      {
        ...{ id: STATE, flow_run_id: RUN, type: "RUNNING", name: "Running", timestamp: TIME, data: "null" },
        state_details: { flow_run_id: null, scheduled_time: "2023-04-12T12:00:00+02:00", refresh_cache: false },
        result_artifact_id: RESULT,
      },
    ],
    task_run_state: [
      {
        ...{ id: STATE, task_run_id: TASK, type: "COMPLETED", name: "Completed", timestamp: TIME },
        ...{ data: '{"type": "unpersisted"}', state_details: {} },
      },
    ],
    log: [
      { name: "prefect.flow_runs", level: 20, flow_run_id: RUN, message: "hello\nüñ", timestamp: TIME },
      { name: "prefect.flow_runs", level: 20, flow_run_id: RUN, message: "again", timestamp: TIME },
    ],
    concurrency_limit: [{ tag: "db", concurrency_limit: 2, active_slots: [TASK] }],
    variable: [{ name: "colour", value: "petrol", tags: ["a"] }],
    saved_search: [{ name: "mine", filters: [] }],
    flow_run_notification_policy: [{ is_active: 1, state_names: ["Failed"], tags: [], block_document_id: BLOCK }],
    flow_run_notification_queue: [{ flow_run_notification_policy_id: BLOCK, flow_run_state_id: STATE }],
    agent: [{ name: "agent-1", last_activity_time: TIME, work_queue_id: QUEUE }],
  };
}

test("adopt: everything comes over with its ids, secrets and exact numbers", async () => {
  makePrefectDatabase(path, home());
  const lines = await adopted();
  expect([...lines.values()].flatMap(({ table, found, taken }) => (found === taken ? [] : table))).toEqual(
    ["configuration", "flow_run_notification_queue", "agent"].toSorted(
      (a, b) => [...lines.keys()].indexOf(a) - [...lines.keys()].indexOf(b),
    ),
  );
  expect(lines.get("flow_run")?.notes.map(({ kind, names }) => [kind, names])).toEqual([
    ["changed", []],
    ["as they are", ["brave-cat"]],
  ]);
  const deployment = await read("deployment", "inspect", "say-hi/daily");
  expect(deployment.id).toBe(DEPLOYMENT);
  expect(deployment.schedule).toEqual(SCHEDULE);
  expect([deployment.work_pool_name, deployment.parameter_openapi_schema]).toEqual(["pool", null]);
  expect(rows("select parameters from deployment")).toEqual([{ parameters: '{"n": 9007199254740993, "x": 1.0}' }]);
  expect(await blockData()).toBe('{"n":9007199254740993,"x":null,"inner":{"value":"hush ü"}}');
  expect(rows("select parameters, total_run_time, start_time, infrastructure_pid from flow_run")).toEqual([
    {
      ...{ parameters: '{"x": null}', total_run_time: 90.25, infrastructure_pid: "host:1" },
      start_time: "2023-04-12T08:00:00.123456+00:00",
    },
  ]);
  expect(rows("select state_details, result_artifact_id from flow_run_state")).toEqual([
    {
      state_details: '{"scheduled_time":"2023-04-12T10:00:00.000000+00:00","refresh_cache":false}',
      result_artifact_id: RESULT,
    },
  ]);
  // What Prefect kept in the state itself.
  expect(rows(`select data from artifact where id = (select result_artifact_id from task_run_state)`)).toEqual([
    { data: '{"type": "unpersisted"}' },
  ]);
  expect(rows("select default_queue_id from work_pool where name = 'pool'")).toEqual([{ default_queue_id: QUEUE }]);
  expect(rows("select message from log order by rowid")).toEqual([{ message: "hello\nüñ" }, { message: "again" }]);
});

test("adopt: a second run changes nothing, also after orch has changed what came", async () => {
  makePrefectDatabase(path, home());
  await adopted();
  await orch("variable", "set", "colour", "red");
  const before = rows("select * from deployment");
  const lines = await adopted();
  expect([...lines.values()].map(({ taken }) => taken).filter(Boolean)).toEqual([]);
  expect(rows("select value from variable")).toEqual([{ value: "red" }]);
  expect(rows("select * from deployment")).toEqual(before);
});

test("adopt 4: what comes by the file and by the server under different ids is there once", async () => {
  const both = (): Rows => ({ ...home(), task_run_state_cache: [{ cache_key: "k", task_run_state_id: STATE }] });
  makePrefectDatabase(path, both());
  await adopted();
  rmSync(path);
  makePrefectDatabase(path, both());
  const lines = await adopted();
  for (const table of ["task_run_state_cache", "block_document_reference"]) {
    expect(lines.get(table)).toMatchObject({ found: 1, known: 1, left_out: 0 });
    expect(rows(`select count(*) as n from ${table}`)).toEqual([{ n: 1 }]);
  }
});

test("adopt 4: a run whose deployment was deleted comes without it, and the report says so", async () => {
  makePrefectDatabase(path, { ...home(), deployment: [] });
  const why = "they come without their deployment, which is not there";
  expect((await adopted()).get("flow_run")?.notes).toContainEqual({ kind: "changed", why, count: 1, names: [] });
  expect((await orch("adopt", path, "--dry-run")).out).toContain("Nothing to do: ");
});

test("adopt: --dry-run says the same, and makes neither a database nor a key", async () => {
  makePrefectDatabase(path, home());
  const bytes = readFileSync(path);
  const planned = await adopted("--dry-run");
  expect(existsSync(terminal.home)).toBeFalse();
  expect(await adopted()).toEqual(planned);
  expect(readFileSync(path).equals(bytes)).toBeTrue();
});

test("adopt: --dry-run leaves the home's database as it is", async () => {
  await orch("variable", "set", "colour", "red");
  makePrefectDatabase(path, home());
  expect((await adopted("--dry-run")).get("variable")?.kept).toBe(1);
  expect(rows("select * from flow")).toEqual([]);
});

test("adopt: what has the name of something of orch's gives way, and what belongs to it is joined to orch's", async () => {
  makePrefectDatabase(path, home());
  await adopted();
  const other: Rows = { ...home(), log: [] };
  const [flow, deployment, scheduled] = Array.from({ length: 3 }, () => crypto.randomUUID());
  other["flow"] = [{ id: flow, name: "say-hi", tags: [] }];
  other["deployment"] = [{ ...other["deployment"]?.[0], id: deployment, flow_id: flow }];
  const [run] = home()["flow_run"] ?? [];
  const made = { ...run, flow_id: flow, deployment_id: deployment };
  other["flow_run"] = [
    { ...made, id: crypto.randomUUID(), name: "done", state_type: "COMPLETED", idempotency_key: "other" },
    { ...made, id: scheduled, name: "later", state_type: "SCHEDULED", idempotency_key: "another" },
    { ...made, id: crypto.randomUUID(), name: "same-key", state_type: "COMPLETED" },
  ];
  other["flow_run_state"] = [{ ...home()["flow_run_state"]?.[0], id: crypto.randomUUID(), flow_run_id: scheduled }];
  rmSync(path);
  makePrefectDatabase(path, other);
  const lines = await adopted();
  expect(lines.get("deployment")?.notes[0]).toMatchObject({ kind: "kept", count: 1, names: ["daily"] });
  expect(lines.get("flow_run")).toMatchObject({ taken: 1, left_out: 2 });
  expect(lines.get("flow_run_state")?.notes[0]?.why).toBe("what it belongs to is not there");
  expect(rows("select name, deployment_id from flow_run where name = 'done'")).toEqual([
    { name: "done", deployment_id: DEPLOYMENT },
  ]);
});

test("adopt: what did not simply come over is a line with its reason", async () => {
  makePrefectDatabase(path, home());
  const { out } = await orch("adopt", path);
  expect(out).toContain("│ log lines ");
  expect(out).toContain("\nagent: 1 left out: it registers itself again with its next call.\n");
  expect(out).toContain("\nflow runs: 1 as they are: they were under way.");
  expect(out).toContain(`\nTook over `);
});

test("adopt: 2.20 has schedules in a table, a pause, limits with names, and what orch has not", async () => {
  const more = home();
  const at = { max_active_runs: null, max_scheduled_runs: null, catchup: 0 };
  Object.assign(more["deployment"]?.[0] ?? {}, { schedule: "null", paused: 1, enforce_parameter_schema: 1 });
  more["deployment_schedule"] = [
    { deployment_id: DEPLOYMENT, schedule: SCHEDULE, active: 1, ...at },
    { deployment_id: DEPLOYMENT, schedule: { rrule: "FREQ=DAILY", timezone: null }, active: 0, ...at },
  ];
  more["concurrency_limit_v2"] = [
    {
      active: 1,
      name: "api",
      limit: 3,
      active_slots: 0,
      denied_slots: 0,
      slot_decay_per_second: 0.5,
      avg_slot_occupancy_seconds: 2,
    },
  ];
  more["automation"] = [{ name: "a", description: "", enabled: 1, trigger: {}, actions: [] }];
  more["log"]?.push({ name: "x", level: 20, flow_run_id: null, message: "alone", timestamp: TIME });
  makePrefectDatabase(path, more, "2.20");
  const lines = await adopted();
  expect(
    rows("select is_schedule_active, json_array_length(schedules) as n, enforce_parameter_schema from deployment"),
  ).toEqual([{ is_schedule_active: 0, n: 2, enforce_parameter_schema: 1 }]);
  expect(lines.get("concurrency_limit_v2")?.taken).toBe(1);
  expect(lines.get("automation")).toMatchObject({ taken: 0, left_out: 1 });
  expect(lines.get("log")).toMatchObject({ taken: 2, left_out: 1 });
});

test("adopt: a server that was killed has left its last writes in the log", async () => {
  makePrefectDatabase(path, home());
  const sqlite = new Sqlite(path);
  sqlite.run("pragma journal_mode = wal");
  sqlite.run("pragma wal_autocheckpoint = 0");
  sqlite
    .query("insert into variable (id, created, updated, name, value, tags) values (?, ?, ?, 'last', 'v', '[]')")
    .run(...[crypto.randomUUID(), TIME, TIME]);
  // As it lies there after a kill: copied while it is open.
  const killed = join(terminal.folder, "killed.db");
  for (const suffix of ["", "-wal"]) writeFileSync(killed + suffix, readFileSync(path + suffix));
  sqlite.close();
  path = killed;
  await adopted();
  expect(rows("select value from variable where name = 'last'")).toEqual([{ value: "v" }]);
});

test("adopt: a schedule that orch cannot run is named", async () => {
  const odd = home();
  const schedules = [
    ["mars", { interval: 86400.5, anchor_date: "2023-01-01T00:00:00+05:30", timezone: "Mars/Phobos" }],
    ["linked", { cron: "0 12 * * *", timezone: "US/Pacific", day_or: true }],
    ["rule", { rrule: "FREQ=DAILY", timezone: "UTC" }],
  ] as const;
  for (const [name, schedule] of schedules)
    odd["deployment"]?.push({ name, flow_id: FLOW, schedule, is_schedule_active: 1, tags: [] });
  makePrefectDatabase(path, odd);
  const line = (await adopted()).get("deployment");
  expect(line?.notes).toEqual([
    expect.objectContaining({ kind: "as they are", why: expect.stringContaining("Mars/Phobos"), names: ["mars"] }),
  ]);
  expect(line?.taken).toBe(4);
});

test("adopt: a journal that is over, and rows whose JSON is damaged, do not stop it", async () => {
  const damaged = home();
  damaged["deployment"]?.push({ name: "odd", flow_id: FLOW, schedule: "{", is_schedule_active: 1, tags: [] });
  damaged["flow_run_state"]?.push({
    flow_run_id: RUN,
    type: "PENDING",
    name: "P",
    timestamp: TIME,
    state_details: "{",
  });
  makePrefectDatabase(path, damaged);
  writeFileSync(`${path}-journal`, Buffer.alloc(512));
  const lines = await adopted();
  for (const [table, names] of [
    ["deployment", ["odd"]],
    ["flow_run_state", []],
  ] as const) {
    const notes = [{ kind: "left out", why: "its values are damaged", count: 1, names: [...names] }];
    expect(lines.get(table)).toMatchObject({ taken: 1, left_out: 1, notes });
  }
});

describe("adopt: refused in one sentence, and nothing is made", () => {
  const refused = async (pattern: RegExp, ...words: string[]) => {
    const { code, err, out } = await orch("adopt", ...words);
    expect(err).toMatch(pattern);
    expect([code, out, err.split("\n").length, existsSync(database())]).toEqual([1, "", 1, false]);
  };
  test("without a database", () => refused(/^There is no '.*prefect\.db': name the database/));
  test("a file that is not there", () => refused(/^There is no file/, "nowhere.db"));
  test("a folder", () => refused(/is no file: name the database itself/, "."));
  test("what is no database", () => {
    writeFileSync(path, "x".repeat(5_000));
    return refused(/cannot be read as a database/, path);
  });
  test("an empty file", () => {
    writeFileSync(path, "");
    return refused(/prefect\.db' is empty: Prefect has not made its database there\.$/, path);
  });
  test("one whose writer was killed in the middle of a transaction, without a log", () => {
    makePrefectDatabase(path, home());
    writeFileSync(`${path}-journal`, Buffer.from("d9d505f920a163d7", "hex"));
    return refused(
      /^A writer of '.*' was killed, and '.*-journal' holds what is to be taken back\..*: sqlite3 '?\/.* \.tables$/,
      path,
    );
  });
  test("one that is damaged", () => {
    const lines = Array.from({ length: 20 }, () => ({ flow_run_id: RUN, message: "x".repeat(3_000), timestamp: TIME }));
    makePrefectDatabase(path, { ...home(), log: lines });
    const bytes = readFileSync(path);
    // The lines lie near the end.
    writeFileSync(path, bytes.fill(0xff, bytes.length - 40_000, bytes.length - 20_000));
    return refused(/prefect\.db' is damaged: .*\. Save what is left by 'sqlite3 .*'.*Nothing was changed\.$/, path);
  });
  test("a database of another kind", () => {
    new Sqlite(path).run("create table a (b)");
    return refused(/not one of Prefect 2/, path);
  });
  test.skipIf(!existsSync("/proc/self/fd"))("one that is open elsewhere", () => {
    makePrefectDatabase(path, home());
    const child = Bun.spawn(["sleep", "60"], { stdin: Bun.file(path) });
    return refused(new RegExp(`in use: process ${child.pid} works with it\\. Stop Prefect's server`), path).finally(
      () => child.kill(),
    );
  });
  test("installing a: a home that a server holds, before its address is known", async () => {
    makePrefectDatabase(path, home());
    const release = lockHome(terminal.home, { work: SERVER });
    await refused(/^A server has the home '.*', as process \d+: stop it with 'orch server stop'/, path).finally(
      release,
    );
    expect((await adopted()).size).toBeGreaterThan(0);
  });
  test("secrets whose key is not there", async () => {
    makePrefectDatabase(path, { ...home(), configuration: [] });
    const { code, err } = await orch("adopt", path);
    expect(err).toMatch(
      /^The block 'inner' of '.*' cannot be read with the key in it: set PREFECT_SERVER_ENCRYPTION_KEY/,
    );
    expect([code, rows("select * from flow")]).toEqual([1, []]);
    const lines = await adopted("--skip-sealed");
    expect(lines.get("block_document")).toMatchObject({
      ...{ found: 2, taken: 0, left_out: 2 },
      notes: [{ why: "they are sealed with a key that is not there", names: ["inner", "outer"] }],
    });
    expect(rows("select infrastructure_document_id from deployment")).toEqual([{ infrastructure_document_id: null }]);
  });
});
