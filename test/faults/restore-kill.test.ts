// A restore that is killed: the old database or the new one is there, whole, and the next restore tidies up.
import { Database as Sqlite } from "bun:sqlite";
import { afterAll, beforeAll, expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { createSandbox } from "../binary/sandbox.ts";

const ROUNDS = 40;
/** A restore of this database takes about as long. */
const LATEST_KILL_MS = 120;

const sandbox = createSandbox();
const database = (...words: string[]) => sandbox.orch(["server", "database", ...words]);
const home = join(sandbox.home, ".orch");
beforeAll(async () => {
  for (const value of ["new", "old"]) {
    await sandbox.orch(["variable", "set", "a", value]);
    expect((await database("backup", `${value}.db`)).code).toBe(0);
  }
});
afterAll(() => sandbox.close());

function valueInPlace(): string {
  const sqlite = new Sqlite(join(home, "orch.db"), { readwrite: true, create: false });
  try {
    expect(sqlite.query("pragma integrity_check").get()).toEqual({ integrity_check: "ok" });
    return (sqlite.query("select value from variable").get() as { value: string }).value; // one row
  } finally {
    sqlite.close();
  }
}

test(`killed ${ROUNDS} times, there was always one of the two`, async () => {
  const found = { old: 0, new: 0 };
  for (let round = 0; round < ROUNDS; round += 1) {
    const [before, wanted] = valueInPlace() === "old" ? (["old", "new"] as const) : (["new", "old"] as const);
    const restoring = sandbox.start(["server", "database", "restore", `${wanted}.db`, "--yes"]);
    await Bun.sleep((LATEST_KILL_MS * round) / ROUNDS);
    await restoring.stop("SIGKILL");
    const after = valueInPlace();
    expect(["old", "new"]).toContain(after);
    found[after === before ? "old" : "new"] += 1;
  }
  // Both ends of the time were reached: the kills were not all too early, or all too late.
  expect(found.old).toBeGreaterThan(0);
  expect(found.new).toBeGreaterThan(0);
}, 60_000);

test("the next restore removes what the killed ones have left", async () => {
  expect((await database("restore", "old.db", "--yes")).code).toBe(0);
  expect(readdirSync(home).filter((name) => name.includes(".partial"))).toEqual([]);
  expect(valueInPlace()).toBe("old");
});
