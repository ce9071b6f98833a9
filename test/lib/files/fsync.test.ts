// What can be asked to be on disk: files and folders that are there.
import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { syncFolderOf, syncToDisk } from "#lib/files/fsync.ts";

const folder = mkdtempSync(join(tmpdir(), "orch-durable-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("a file and its folder are synced", () => {
  const file = join(folder, "backup.db");
  writeFileSync(file, "x");
  expect(() => syncToDisk(file)).not.toThrow();
  expect(() => syncToDisk(folder)).not.toThrow();
  expect(() => syncFolderOf(file)).not.toThrow();
});

test("what is not there is said", () => {
  expect(() => syncToDisk(join(folder, "none"))).toThrow("ENOENT");
});
