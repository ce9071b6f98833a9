import { Database as Sqlite } from "bun:sqlite";
import { afterEach, describe, expect, test } from "bun:test";
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Database, openDatabase } from "#db/connect.ts";
import { MIGRATIONS } from "#db/migrations/index.ts";
import { EXIT_NEWER_DATABASE, type OrchError } from "#lib/errors.ts";
import { manualClock } from "../clock.ts";

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

test("a lock that stays is reported, and the writes that waited for it are not done", async () => {
  const { path } = setup();
  const clock = manualClock();
  const db = openDatabase(path, { clock });
  const other = new Sqlite(path);
  other.run("begin immediate");
  const writes = ["a", "b"].map((key) => db.write((tx) => tx.run(insert, key, "1")));
  const outcome = Promise.allSettled(writes);
  let settled = false;
  outcome.finally(() => {
    settled = true;
  });
  while (!settled) {
    clock.advance(6);
    await new Promise((next) => setImmediate(next));
  }
  for (const result of await outcome) {
    const error: OrchError = result.status === "rejected" ? result.reason : undefined;
    expect(error.code).toBe("unavailable");
    expect(error.message).toContain(`'${path}' is locked by another process`);
  }
  other.run("rollback");
  expect(await db.write((tx) => tx.run(insert, "c", "1"))).toBe(1);
  expect(await keys(db)).toEqual(["c"]);
  other.close();
  await db.close();
});

test("on a full disk what cannot be written is refused, what was acknowledged is there, and it goes on", async () => {
  const { open } = setup();
  const db = open();
  const pages = await db.read((q) => q.get<{ page_count: number }>("pragma page_count")?.page_count ?? 0);
  // The database may grow by 40 kB, as if that were what the disk has left.
  await db.write((tx) => tx.get(`pragma max_page_count = ${pages + 10}`));
  const large = JSON.stringify("x".repeat(1_000_000));
  const group = [
    ["small", "1"],
    ["large", large],
    ["other", "1"],
  ] as const;
  const results = await Promise.allSettled(group.map(([key, value]) => db.write((tx) => tx.run(insert, key, value))));
  const [, refused] = results;
  expect(refused?.status === "rejected" && String(refused.reason)).toMatch(/'\S+orch\.db' \(mounted at '.+'\) is full/);
  const acknowledged = group.filter((_, index) => results[index]?.status === "fulfilled").map(([key]) => key);
  expect(await keys(db)).toEqual(acknowledged.toSorted());
  expect(await db.write((tx) => tx.run(insert, "after", "1"))).toBe(1);
  await db.close();
});

describe("reading", () => {
  test("does not wait for a write of another process", async () => {
    const { path, open } = setup();
    const db = open();
    const other = new Sqlite(path);
    other.run("begin immediate");
    other.run("insert into configuration (key, value) values ('theirs', '1')");
    expect(await keys(db)).toEqual([]);
    other.run("commit");
    expect(await keys(db)).toEqual(["theirs"]);
    other.close();
    await db.close();
  });

  test("cannot be awaited away: what it throws is a rejection", async () => {
    const db = openDatabase(":memory:");
    const read = db.read(() => {
      throw new Error("inside");
    });
    await expect(read).rejects.toThrow("inside");
    await db.close();
  });

  test("sees what was acknowledged", async () => {
    const { open } = setup();
    const db = open();
    for (let n = 0; n < 20; n += 1) {
      await db.write((tx) => tx.run(insert, `k${n}`, "1"));
      expect((await keys(db)).length).toBe(n + 1);
    }
    await db.close();
  });
});

describe("the write-ahead log", () => {
  const walBytes = (path: string) => statSync(`${path}-wal`).size;

  test("is moved into the file when a look finds that nothing was written since the last", async () => {
    const { path, open } = setup();
    const db = open();
    await db.write((tx) => tx.run(insert, "a", "1"));
    db.checkpointIfIdle();
    expect(walBytes(path)).toBeGreaterThan(0);
    db.checkpointIfIdle();
    expect(walBytes(path)).toBe(0);
    expect(await keys(db)).toEqual(["a"]);
    await db.close();
  });

  test("is left alone while it is written to, and when nothing was written", async () => {
    const { path, open } = setup();
    const db = open();
    for (const key of ["a", "b", "c"]) {
      await db.write((tx) => tx.run(insert, key, "1"));
      db.checkpointIfIdle();
      expect(walBytes(path)).toBeGreaterThan(0);
    }
    await db.close();
    expect(existsSync(`${path}-wal`)).toBe(false);
  });

  test("that Litestream copies is moved into the file, and never cut", async () => {
    const { folder, path, open } = setup();
    await open().close();
    const litestream = new Sqlite(path);
    litestream.run("create table _litestream_seq (id integer primary key, seq integer)");
    litestream.close();
    const db = open();
    await db.write((tx) => tx.run(insert, "a", "1"));
    db.checkpointIfIdle();
    db.checkpointIfIdle();
    expect(walBytes(path)).toBeGreaterThan(0);
    const alone = join(folder, "without-its-log.db");
    copyFileSync(path, alone);
    const copied = new Sqlite(alone);
    expect(copied.query("select key from configuration").all()).toEqual([{ key: "a" }]);
    copied.close();
    await db.close();
  });

  test("of a database in memory is nothing to do", async () => {
    const db = openDatabase(":memory:");
    await db.write((tx) => tx.run(insert, "a", "1"));
    db.checkpointIfIdle();
    db.checkpointIfIdle();
    expect(await keys(db)).toEqual(["a"]);
    await db.close();
  });
});

describe("statements", () => {
  test("a joined look-up is planned once, not for every value", async () => {
    const db = openDatabase(":memory:");
    await db.write((tx) => tx.run(insert, "a", '"b"'));
    const sql =
      "select c.key from configuration c left join flow f on f.name = c.value where c.key = ? and c.value = ?";
    const rows = await db.read((q) => [q.get(sql, "a", '"b"'), q.get(sql, "a", "other"), q.get(sql, "b", '"b"')]);
    expect(rows).toEqual([{ key: "a" }, undefined, undefined]);
    await db.close();
  });

  test("thousands of different texts are no leak and no failure", async () => {
    const db = openDatabase(":memory:");
    const sum = await db.read((q) => {
      let total = 0;
      for (let n = 0; n < 5_000; n += 1) total += q.get<{ n: number }>(`select ${n} as n`)?.n ?? 0;
      return total;
    });
    expect(sum).toBe((4_999 * 5_000) / 2);
    await db.close();
  });
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

  test("twelve processes that open a new home at once all succeed", async () => {
    const { path } = setup();
    const script = `const { openDatabase } = await import("#db/connect.ts"); await openDatabase(${JSON.stringify(path)}).close();`;
    const children = Array.from({ length: 12 }, () => Bun.spawn(["bun", "-e", script], { stderr: "pipe" }));
    const outcomes = await Promise.all(
      children.map(async (child) => [await child.exited, await new Response(child.stderr).text()]),
    );
    expect(outcomes).toEqual(Array(12).fill([0, ""]));
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

  test("a file cut off in the middle is refused when it is used as a database", async () => {
    const { path, open } = setup();
    await open().close();
    writeFileSync(path, readFileSync(path).fill(0xff, 100, 4096));
    expect(open).toThrow(/orch\.db' is not a database, or is damaged/);
  });

  test("a folder in the place of the file is refused with a sentence that names it", () => {
    const { folder } = setup();
    expect(() => openDatabase(folder)).toThrow(/cannot be opened.*ORCH_HOME/);
  });

  test("a database that another process is migrating is said to be locked", () => {
    const { folder } = setup();
    const path = join(folder, "orch.db");
    const other = new Sqlite(path);
    other.run("pragma journal_mode = wal");
    other.run("begin immediate");
    expect(() => openDatabase(path)).toThrow(expect.objectContaining({ code: "unavailable" }));
    other.run("rollback");
    other.close();
  });

  test("a home that is made is for its owner alone", async () => {
    const { path, open } = setup();
    await open().close();
    expect(statSync(join(path, "..")).mode & 0o777).toBe(0o700);
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
