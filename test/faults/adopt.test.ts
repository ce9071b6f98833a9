// `orch adopt` killed in the middle: nothing has happened, and the same command does all of it.
import { Database as Sqlite } from "bun:sqlite";
import { expect, test } from "bun:test";
import { mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { createSandbox } from "../binary/sandbox.ts";
import { makePrefectDatabase, TIME } from "../cli/adopt/prefect-database.ts";

/** So many that SQLite cannot keep them in memory until the end. */
const LINES = 300_000;
const LARGE_BYTES = 4 * 1024 * 1024;

test("adopt: kill -9 in the middle leaves nothing, and the next run takes all", async () => {
  const sandbox = createSandbox();
  try {
    mkdirSync(join(sandbox.home, ".prefect"));
    const source = join(sandbox.home, ".prefect", "prefect.db");
    makePrefectDatabase(source, { flow: [{ name: "say-hi", tags: [] }] });
    fillWithLines(source);
    const target = join(sandbox.home, ".orch", "orch.db");
    const running = sandbox.start(["adopt"]);
    let ended = false;
    running.exited.then(() => {
      ended = true;
    });
    const written = () => statSync(`${target}-wal`, { throwIfNoEntry: false })?.size ?? 0;
    while (!ended && written() < LARGE_BYTES) await Bun.sleep(5);
    expect(ended).toBeFalse();
    await running.stop("SIGKILL");
    expect(countsOf(target)).toEqual({ flows: 0, lines: 0 });
    const again = await sandbox.orch(["adopt"]);
    expect([again.stderr, again.code]).toEqual(["", 0]);
    expect(countsOf(target)).toEqual({ flows: 1, lines: LINES });
  } finally {
    await sandbox.close();
  }
}, 180_000);

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

function countsOf(path: string): { flows: number; lines: number } | null {
  const sqlite = new Sqlite(path);
  try {
    return sqlite
      .query<{ flows: number; lines: number }, []>(
        "select (select count(*) from flow) as flows, (select count(*) from log) as lines",
      )
      .get();
  } finally {
    sqlite.close();
  }
}
