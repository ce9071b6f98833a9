// `orch adopt` killed in the middle: nothing has happened, and the same command does all of it.
import { Database as Sqlite } from "bun:sqlite";
import { afterEach, beforeEach, expect, test } from "bun:test";
import { existsSync, mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { createSandbox, type Sandbox } from "../binary/sandbox.ts";
import { createFakePrefect, type FakePrefect } from "../cli/adopt/fake-prefect.ts";
import { makePrefectDatabase, TIME } from "../cli/adopt/prefect-database.ts";

/** So many that SQLite cannot keep them in memory until the end. */
const LINES = 300_000;
const SERVER_LINES = 80_000;
const MEGABYTE = 1024 * 1024;

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = createSandbox();
});
afterEach(() => sandbox.close());

const target = () => join(sandbox.home, ".orch", "orch.db");
/** What has been written of the one transaction. */
const written = () => statSync(`${target()}-wal`, { throwIfNoEntry: false })?.size ?? 0;

/** Starts the command and kills it at a moment. */
async function killed(args: string[], moment: (ended: () => boolean) => Promise<unknown>): Promise<void> {
  const running = sandbox.start(args);
  let ended = false;
  running.exited.then(() => {
    ended = true;
  });
  await moment(() => ended);
  expect([ended, running.output()]).toEqual([false, ""]);
  await running.stop("SIGKILL");
  expect(countsOf(target())).toEqual({ flows: 0, lines: 0, integrity: "ok" });
}

/** Run again, it takes all; and then nothing. */
async function completes(args: string[], lines: number): Promise<void> {
  const again = await sandbox.orch(args);
  expect([again.stderr, again.code]).toEqual(["", 0]);
  expect(countsOf(target())).toEqual({ flows: 1, lines, integrity: "ok" });
  expect((await sandbox.orch(args)).stdout).toContain("Nothing to do: ");
}

const hasWritten = (bytes: number) => async (ended: () => boolean) => {
  while (!ended() && written() < bytes) await Bun.sleep(5);
};

test("adopt 3: kill -9 while a file is taken over leaves nothing, and the next run takes all", async () => {
  mkdirSync(join(sandbox.home, ".prefect"));
  const source = join(sandbox.home, ".prefect", "prefect.db");
  makePrefectDatabase(source, { flow: [{ name: "say-hi", tags: [] }] });
  fillWithLines(source);
  for (const megabytes of [1, 8, 20]) await killed(["adopt"], hasWritten(megabytes * MEGABYTE));
  await completes(["adopt"], LINES);
}, 600_000);

test("adopt 3: kill -9 while a server is read leaves nothing, and the next run takes all", async () => {
  const fake = createFakePrefect();
  try {
    const at = "2023-04-12T08:00:00.123456+00:00";
    const made = () => ({ id: crypto.randomUUID(), created: at, updated: at });
    const flow_run_id = crypto.randomUUID();
    fake.lists["/flows/filter"] = [{ ...made(), name: "say-hi", tags: [] }];
    fake.lists["/logs/filter"] = Array.from({ length: SERVER_LINES }, (_, index) => ({
      ...{ ...made(), name: "x", level: 20, flow_run_id, task_run_id: null },
      message: `line ${index} of what a flow has printed, as long as many lines are`,
      timestamp: new Date(Date.UTC(2023, 3, 12) + index).toISOString().replace("Z", "000+00:00"),
    }));
    fake.limit = 10_000;
    const args = ["adopt", fake.url];
    // The first request, the middle of the lines, the last list, the very last.
    for (const [path, nth] of [
      ["/admin/version", 1],
      ["/logs/filter", 5],
      ["/block_types/filter", 1],
      ["/work_pools/count", 2],
    ] as const) {
      await killed(args, () => asked(fake, path, nth));
    }
    await completes(args, SERVER_LINES);
  } finally {
    fake.stop();
  }
}, 600_000);

/** Resolves when a path is asked for the nth time, which is not answered. */
function asked(fake: FakePrefect, path: string, nth: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let times = 0;
  fake.before = (each) => {
    if (each !== path) return undefined;
    times += 1;
    if (times < nth) return undefined;
    fake.before = () => undefined;
    resolve();
    return new Promise<never>(() => {});
  };
  return promise;
}

function fillWithLines(path: string): void {
  const sqlite = new Sqlite(path);
  const id = "lower(hex(randomblob(4)) || '-0000-4000-8000-' || hex(randomblob(6)))";
  sqlite
    .query(
      `insert into log (id, created, updated, name, level, flow_run_id, message, timestamp)
       with recursive n (i) as (select 1 union all select i + 1 from n where i < ?)
       select ${id}, ?2, ?2, 'prefect.flow_runs', 20, '00000000-0000-4000-8000-000000000000',
         'line ' || i || ' of what a flow has printed, as long as many lines are', ?2 from n`,
    )
    .run(LINES, TIME);
  sqlite.close();
}

/** None of a database that is not there yet. */
function countsOf(path: string): { flows: number; lines: number; integrity: string } {
  if (!existsSync(path)) return { flows: 0, lines: 0, integrity: "ok" };
  const sqlite = new Sqlite(path);
  try {
    const count = (table: string) =>
      sqlite.query<{ n: number }, []>(`select count(*) as n from ${table}`).get()?.n ?? -1;
    const found = sqlite.query<{ integrity_check: string }, []>("pragma integrity_check").get();
    const isMade = sqlite.query("select 1 from sqlite_schema where name = 'log'").get() !== null;
    return {
      ...(isMade ? { flows: count("flow"), lines: count("log") } : { flows: 0, lines: 0 }),
      integrity: found?.integrity_check ?? "",
    };
  } finally {
    sqlite.close();
  }
}
