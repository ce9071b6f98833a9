import { Database as Sqlite } from "bun:sqlite";
import { afterEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Database, openDatabase } from "#db/connect.ts";
import { MIGRATIONS } from "#db/migrations/index.ts";
import { EXIT_NEWER_DATABASE } from "#lib/errors.ts";

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function setup() {
  const folder = mkdtempSync(join(tmpdir(), "orch-db-"));
  folders.push(folder);
  const path = join(folder, "home", "orch.db");
  return { folder, path, open: () => openDatabase(path) };
}

const insert = "insert into configuration (key, value) values (?, ?)";
const keys = (db: Database) =>
  db.read((q) => q.all<{ key: string }>("select key from configuration order by key").map(({ key }) => key));

describe("group commit", () => {
  test("writes of one turn are one transaction, seen by others all at once", async () => {
    const { path, open } = setup();
    const db = open();
    await db.write((tx) => tx.run(insert, "before", "1"));
    const other = new Sqlite(path);
    const versions = new Set<unknown>();
    const version = () => other.query("pragma data_version").get();
    versions.add(JSON.stringify(version()));
    const writes = Array.from({ length: 50 }, (_, n) => db.write((tx) => tx.run(insert, `k${n}`, "1")));
    for (const write of writes) {
      await write;
      versions.add(JSON.stringify(version()));
    }
    expect(versions.size).toBe(2);
    other.close();
    await db.close();
  });

  test("a write that throws undoes itself alone, and its caller gets the error", async () => {
    const db = openDatabase(":memory:");
    const results = await Promise.allSettled([
      db.write((tx) => tx.run(insert, "a", "1")),
      db.write((tx) => {
        tx.run(insert, "b", "1");
        throw new Error("changed my mind");
      }),
      db.write((tx) => tx.run(insert, "c", "1")),
    ]);
    expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    expect(await keys(db)).toEqual(["a", "c"]);
    await db.close();
  });

  test("effects run after the commit, and not for a write that was undone", async () => {
    const db = openDatabase(":memory:");
    const effects: string[] = [];
    await db.write((tx) => {
      tx.afterCommit(() => effects.push("kept"));
      effects.push("inside");
    });
    const undone = db.write((tx) => {
      tx.afterCommit(() => effects.push("undone"));
      throw new Error("no");
    });
    await expect(undone).rejects.toThrow("no");
    expect(effects).toEqual(["inside", "kept"]);
    await db.close();
  });

  test("a write asked for by an effect is written too", async () => {
    const db = openDatabase(":memory:");
    let second: Promise<unknown> | undefined;
    await db.write((tx) =>
      tx.afterCommit(() => {
        second = db.write((inner) => inner.run(insert, "later", "1"));
      }),
    );
    await second;
    expect(await keys(db)).toEqual(["later"]);
    await db.close();
  });

  test("close() writes what is waiting first", async () => {
    const { open } = setup();
    const db = open();
    const write = db.write((tx) => tx.run(insert, "last", "1"));
    await db.close();
    await write;
    const again = open();
    expect(await keys(again)).toEqual(["last"]);
    await again.close();
  });
});

test("run() gives the number of rows changed, get() undefined for no row", async () => {
  const db = openDatabase(":memory:");
  const changed = await db.write((tx) => [
    tx.run(insert, "a", "1"),
    tx.run("update configuration set value = '2' where key = 'none'"),
  ]);
  expect(changed).toEqual([1, 0]);
  expect(await db.read((q) => q.get("select key from configuration where key = 'none'"))).toBeUndefined();
  await db.close();
});

test("another process's write is noticed, our own is not", async () => {
  const { path, open } = setup();
  const db = open();
  const noticed = Promise.withResolvers<string>();
  let expected = "our own";
  db.onForeignWrite(() => noticed.resolve(expected));
  await db.write((tx) => tx.run(insert, "ours", "1"));
  expected = "the other's";
  const other = new Sqlite(path);
  other.run("insert into configuration (key, value) values ('theirs', '1')");
  expect(await noticed.promise).toBe("the other's");
  other.close();
  await db.close();
});

test("a lock held by another process is waited for", async () => {
  const { path, open } = setup();
  const db = open();
  const other = new Sqlite(path);
  other.run("begin immediate");
  const write = db.write((tx) => tx.run(insert, "patient", "1"));
  setTimeout(() => other.run("rollback"), 300);
  expect(await write).toBe(1);
  other.close();
  await db.close();
});

describe("opening", () => {
  test("a new home gets its folder and the whole schema; a second opening finds it", async () => {
    const { open } = setup();
    const first = open();
    const tables = (db: Database) =>
      db.read((q) => q.all<{ name: string }>("select name from sqlite_schema where type = 'table'").length);
    const count = await tables(first);
    expect(count).toBeGreaterThan(15);
    await first.close();
    const second = open();
    expect(await tables(second)).toBe(count);
    await second.close();
  });

  test("two processes that open a new home at once both succeed", async () => {
    const { path } = setup();
    const script = `const { openDatabase } = await import("#db/connect.ts"); await openDatabase(${JSON.stringify(path)}).close();`;
    const children = Array.from({ length: 4 }, () => Bun.spawn(["bun", "-e", script], { stderr: "pipe" }));
    const outcomes = await Promise.all(
      children.map(async (child) => [await child.exited, await new Response(child.stderr).text()]),
    );
    expect(outcomes).toEqual(Array(4).fill([0, ""]));
  });

  test("a database newer than the program is refused, with an exit code of its own", async () => {
    const { path, open } = setup();
    await open().close();
    const sqlite = new Sqlite(path);
    sqlite.run(`pragma user_version = ${MIGRATIONS.length + 1}`);
    sqlite.close();
    expect(open).toThrow(
      expect.objectContaining({ exitCode: EXIT_NEWER_DATABASE, message: expect.stringMatching(/newer/) }),
    );
  });

  test("a file that is no database is refused and left as it is", () => {
    const { folder } = setup();
    const path = join(folder, "orch.db");
    writeFileSync(path, "this is text. ".repeat(1000));
    expect(() => openDatabase(path)).toThrow(/orch\.db' is not a database/);
  });

  test("a home below a file is refused with a sentence that names it", () => {
    const { folder } = setup();
    writeFileSync(join(folder, "file"), "");
    expect(() => openDatabase(join(folder, "file", "home", "orch.db"))).toThrow(/cannot be opened.*ORCH_HOME/);
  });
});

test("an acknowledged write survives kill -9 right after its answer", async () => {
  const { path, open } = setup();
  const script = `
    const { openDatabase } = await import("#db/connect.ts");
    const db = openDatabase(${JSON.stringify(path)});
    for (let n = 0; ; n += 1) {
      await db.write((tx) => tx.run(${JSON.stringify(insert)}, String(n), "1"));
      console.log(n);
    }`;
  const child = Bun.spawn(["bun", "-e", script], { stdout: "pipe" });
  let printed = "";
  for await (const chunk of child.stdout) {
    printed += new TextDecoder().decode(chunk);
    if (printed.includes("\n200\n")) child.kill("SIGKILL");
  }
  await child.exited;
  const acknowledged = printed.trim().split("\n").length - 1;
  const db = open();
  const stored = new Set(await keys(db));
  for (let n = 0; n < acknowledged; n += 1) expect(stored.has(String(n))).toBe(true);
  await db.close();
});
