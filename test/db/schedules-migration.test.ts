// The migration that makes a deployment's schedule the first of a list.
import { Database as Sqlite } from "bun:sqlite";
import { expect, test } from "bun:test";
import { migrate } from "#db/migrate.ts";
import { MIGRATIONS } from "#db/migrations/index.ts";
import { parseId } from "#lib/ids.ts";
import { readSchedules } from "#server/deployments/schedules.ts";

const BEFORE = 7;
const NOW = "2026-01-01T00:00:00.000000Z";
const DAILY = '{"cron":"0 5 * * *","timezone":"Europe/Berlin","day_or":true}';

function oldDatabase(): Sqlite {
  const sqlite = new Sqlite(":memory:");
  for (const sql of MIGRATIONS.slice(0, BEFORE)) sqlite.run(sql);
  sqlite.run(`pragma user_version = ${BEFORE}`);
  sqlite.run("insert into flow (id, created, updated, name) values ('f', ?, ?, 'f')", [NOW, NOW]);
  const insert = sqlite.query(
    "insert into deployment (id, created, updated, name, flow_id, schedule, is_schedule_active) values (?, ?, ?, ?, 'f', ?, ?)",
  );
  insert.run("a", NOW, NOW, "a", DAILY, 1);
  insert.run("b", NOW, NOW, "b", DAILY, 0);
  insert.run("c", NOW, NOW, "c", null, 1);
  return sqlite;
}

test("every deployment keeps its schedule, as the only one, and whether it is on", () => {
  const sqlite = oldDatabase();
  migrate(sqlite, ":memory:");
  const rows = sqlite
    .query<{ schedules: string; is_schedule_active: number }, []>(
      "select schedules, is_schedule_active from deployment order by id",
    )
    .all();
  expect(rows.map((row) => row.is_schedule_active)).toEqual([1, 0, 1]);
  const [a, b, c] = rows.map((row) => readSchedules(row.schedules));
  expect(c).toEqual([]);
  for (const schedules of [a, b]) {
    expect(schedules).toMatchObject([{ schedule: JSON.parse(DAILY), active: true, created: NOW, catchup: false }]);
    expect(parseId(schedules?.[0]?.id ?? "")).not.toBeNull();
  }
  expect(a?.[0]?.id).not.toBe(b?.[0]?.id);
});

test("a migration that is cut off leaves the old schedules", () => {
  const sqlite = oldDatabase();
  sqlite.run("begin");
  sqlite.run(MIGRATIONS[BEFORE] ?? "");
  sqlite.run("rollback");
  const row = sqlite.query<{ schedule: string }, []>("select schedule from deployment where id = 'a'").get();
  expect(row?.schedule).toBe(DAILY);
  migrate(sqlite, ":memory:");
  expect(sqlite.query("select count(*) as n from deployment where schedules <> '[]'").get()).toEqual({ n: 2 });
});
