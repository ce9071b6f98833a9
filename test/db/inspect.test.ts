// What a database says about itself, without being changed.
import { afterEach, expect, test } from "bun:test";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDatabase } from "#db/connect.ts";
import { inspectDatabase } from "#db/inspect.ts";
import { MIGRATIONS } from "#db/migrations/index.ts";

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function fresh(): string {
  const folder = mkdtempSync(join(tmpdir(), "orch-inspect-"));
  folders.push(folder);
  return join(folder, "orch.db");
}

test("none is none, and none is made", () => {
  const path = fresh();
  expect(inspectDatabase(path)).toBeUndefined();
  expect(statSync(path, { throwIfNoEntry: false })).toBeUndefined();
});

test("its size, its schema, its blocks; also while a server has it open", async () => {
  const path = fresh();
  const db = openDatabase(path);
  await db.write((tx) => tx.run("insert into configuration (key, value) values ('a', '1')"));
  const report = inspectDatabase(path);
  expect(report).toMatchObject({ schema: MIGRATIONS.length, knownSchema: MIGRATIONS.length, damage: [], blocks: 0 });
  expect(report?.walBytes).toBeGreaterThan(0);
  await db.close();
});

test("an empty file has no schema yet", () => {
  const path = fresh();
  writeFileSync(path, "");
  expect(inspectDatabase(path)).toMatchObject({ schema: 0, blocks: 0, damage: [] });
});

test("a page that was overwritten is damage, or cannot be read at all", async () => {
  const path = fresh();
  await openDatabase(path).close();
  const bytes = Buffer.from(await Bun.file(path).arrayBuffer());
  bytes.fill(0xab, 4096 * 3, 4096 * 4);
  writeFileSync(path, bytes);
  const look = () => inspectDatabase(path)?.damage.length ?? 0;
  let found: number | string;
  try {
    found = look();
  } catch (error) {
    found = String(error);
  }
  expect(found).not.toBe(0);
});
