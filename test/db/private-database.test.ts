// R17: the files of a database are their owner's alone, whatever the umask is and whatever they were before.
import { afterEach, beforeEach, expect, test } from "bun:test";
import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDatabase } from "#db/connect.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "orch-private-db-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const home = () => join(root, "home");
const modes = () =>
  readdirSync(home()).map((name) => `${name} ${(statSync(join(home(), name)).mode & 0o777).toString(8)}`);

for (const umask of [0o000, 0o022, 0o077]) {
  test(`R17: new ones, with the umask ${umask.toString(8)}`, async () => {
    const before = process.umask(umask);
    const db = openDatabase(join(home(), "orch.db"));
    try {
      await db.write((tx) => tx.run("insert into configuration (key, value) values ('a', '1')"));
      expect(statSync(home()).mode & 0o777).toBe(0o700);
      expect(modes().toSorted()).toEqual(["orch.db 600", "orch.db-shm 600", "orch.db-wal 600"]);
    } finally {
      process.umask(before);
      await db.close();
    }
  });
}

test("R17: ones that others could read are narrowed when they are opened", async () => {
  const path = join(home(), "orch.db");
  const other = openDatabase(path);
  for (const suffix of ["", "-wal", "-shm"]) chmodSync(path + suffix, 0o666);
  await openDatabase(path).close();
  expect(modes().toSorted()).toEqual(["orch.db 600", "orch.db-shm 600", "orch.db-wal 600"]);
  await other.close();
});
