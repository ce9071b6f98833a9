// The lively home is one that a server takes, and that has what its readers look for.
import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fillLively } from "./lively.ts";

test("a small lively home is whole, and has runs in every state", async () => {
  const home = mkdtempSync(join(tmpdir(), "orch-lively-"));
  try {
    const { runs, count } = await fillLively(home, { small: true });
    const sqlite = new Database(join(home, "orch.db"), { readonly: true });
    const list = (sql: string) => sqlite.query<{ value: string | number }, []>(sql).all();
    const values = (sql: string) => list(sql).map(({ value }) => value);
    expect(values('select "table" as value from pragma_foreign_key_check')).toEqual([]);
    expect(values("select integrity_check as value from pragma_integrity_check")).toEqual(["ok"]);
    expect(count).toBeGreaterThanOrEqual(1000);
    expect(values("select distinct state_type as value from flow_run order by 1")).toEqual([
      ...["CANCELLED", "CANCELLING", "COMPLETED", "CRASHED", "FAILED", "PAUSED", "PENDING", "RUNNING", "SCHEDULED"],
    ]);
    const wide = runs["five-thousand-tasks"];
    expect(values(`select count(*) as value from task_run where flow_run_id = '${wide}'`)).toEqual([500]);
    expect(values("select count(*) as value from flow_run where parent_task_run_id is not null")).not.toEqual([0]);
    sqlite.close();
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
});
