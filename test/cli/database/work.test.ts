// Long work on a database is done by another process, and how far it is is shown meanwhile.
import { Database as Sqlite } from "bun:sqlite";
import { afterEach, beforeEach, expect, test } from "bun:test";
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { performed } from "#cli/database/work.ts";
import { openDatabase } from "#db/connect.ts";
import { systemClock } from "#lib/clock.ts";

let folder: string;
let path: string;
let shown: string[];
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "orch-work-"));
  path = join(folder, "orch.db");
  shown = [];
  const db = openDatabase(path);
  await db.write((tx) => tx.run("insert into configuration (key, value) values ('a', '1')"));
  await db.close();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const io = (isTerminal: boolean) => ({ isTerminal, progress: (line: string) => void shown.push(line) });
const elsewhere = { clock: systemClock, large: 0, command: [process.execPath, resolve("src/main.ts"), "__database"] };

test("a backup by another process is whole, and is shown while it grows", async () => {
  const target = join(folder, "b.db");
  await performed({ kind: "backup", path, target }, io(true), elsewhere);
  const copy = new Sqlite(target);
  expect(copy.query("select value from configuration where key = 'a'").get()).toEqual({ value: "1" });
  copy.close();
  expect(shown[0]).toMatch(/^(Copying \d+\.\d KB…|Copied \d.* of \d+\.\d KB)$/);
  expect(shown.at(-1)).toBe("");
});

test("a vacuum by another process gives room back", async () => {
  const sqlite = new Sqlite(path);
  sqlite.run("create table filler as select randomblob(1000000) as x");
  sqlite.run("drop table filler");
  sqlite.close();
  const before = statSync(path).size;
  await performed({ kind: "vacuum", path }, io(true), elsewhere);
  expect(statSync(path).size).toBeLessThan(before - 900_000);
  expect(shown[0]).toMatch(/^Compact(ing|ed) \d/);
});

test("what goes wrong there is said here, and nothing is left", async () => {
  const target = join(folder, "none/b.db");
  const work = performed({ kind: "backup", path, target }, io(true), elsewhere);
  await expect(work).rejects.toThrow(`'${target}' cannot be used: there is no folder '${dirname(target)}'.`);
  expect(shown.at(-1)).toBe("");
  expect(readdirSync(folder).filter((name) => name.includes("partial"))).toEqual([]);
});

test("a process that is cut off is told", async () => {
  const target = join(folder, "b.db");
  const cut = { ...elsewhere, command: ["sh", "-c", "kill -9 $$"] };
  const work = performed({ kind: "backup", path, target }, io(true), cut);
  await expect(work).rejects.toThrow(`The work on '${path}' was cut off.`);
  expect(existsSync(target)).toBeFalse();
});

for (const [why, isTerminal, large] of [
  ["nobody watches", false, 0],
  ["it is small", true, 1e12],
] as const) {
  test(`it is done here when ${why}`, async () => {
    const target = join(folder, "b.db");
    const here = { clock: systemClock, large, command: ["false"] };
    await performed({ kind: "backup", path, target }, io(isTerminal), here);
    expect(existsSync(target)).toBeTrue();
    expect(shown).toEqual([]);
  });
}
