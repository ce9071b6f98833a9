// A database whose files are deleted, moved, replaced or overwritten while it is open: nothing is acknowledged that the next
// start would not find, the reason is said once, and it goes on by itself when the files are back.
import { afterEach, expect, test } from "bun:test";
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type Database, openDatabase } from "#db/connect.ts";
import { isUnavailable } from "#lib/retry.ts";
import { manualClock } from "../../clock.ts";
import { NO_SMALL_DISKS, smallDisk } from "../../small-disk.ts";

const open: { db: Database; folder: string }[] = [];
afterEach(async () => {
  for (const { db, folder } of open.splice(0)) {
    await db.close();
    fs.rmSync(folder, { recursive: true, force: true });
  }
});

const insert = "insert into configuration (key, value) values (?, '1')";

async function setup() {
  const folder = fs.realpathSync(fs.mkdtempSync(join(tmpdir(), "orch-place-")));
  const path = join(folder, "home", "orch.db");
  const said: string[] = [];
  const db = openDatabase(path, { say: (line) => said.push(line) });
  open.push({ db, folder });
  const write = (key: string) => db.write((tx) => tx.run(insert, key));
  /** A copy of what is there now. */
  const copy = join(folder, "copy.db");
  const intoFile = () => {
    db.checkpointIfIdle();
    db.checkpointIfIdle();
  };
  await write("early");
  intoFile();
  fs.copyFileSync(path, copy);
  await write("before");
  intoFile();
  await write("last");
  return { db, folder, path, copy, said, write };
}

/** What a server would find that is killed now and started again. */
async function keysAfterRestart(path: string): Promise<string[]> {
  const folder = fs.mkdtempSync(join(tmpdir(), "orch-place-"));
  const copied = join(folder, "orch.db");
  for (const suffix of ["", "-wal"]) if (fs.existsSync(path + suffix)) fs.copyFileSync(path + suffix, copied + suffix);
  const db = openDatabase(copied);
  const rows = await db.read((q) => q.all<{ key: string }>("select key from configuration order by key"));
  await db.close();
  fs.rmSync(folder, { recursive: true });
  return rows.map(({ key }) => key);
}

type Home = Awaited<ReturnType<typeof setup>>;
const LOST: [name: string, harm: (home: Home) => void, sentence: RegExp][] = [
  [
    "is deleted",
    ({ path }) => fs.rmSync(path),
    /orch\.db' is gone: it was deleted or moved\. Nothing is written until/,
  ],
  ["loses its home", ({ path }) => fs.rmSync(dirname(path), { recursive: true }), /orch\.db' is gone/],
  [
    "loses its home to a file",
    ({ path }) => {
      fs.rmSync(dirname(path), { recursive: true });
      fs.writeFileSync(dirname(path), "");
    },
    /orch\.db' is gone/,
  ],
  ["is replaced by an older copy", ({ path, copy }) => fs.renameSync(copy, path), /orch\.db' is another file now/],
  [
    "is replaced by a folder",
    ({ path }) => {
      fs.rmSync(path);
      fs.mkdirSync(path);
    },
    /orch\.db' is another file now/,
  ],
  [
    "is replaced by a link",
    ({ path, copy }) => {
      fs.rmSync(path);
      fs.symlinkSync(copy, path);
    },
    /orch\.db' is another file/,
  ],
  [
    "is overwritten with an older copy",
    ({ path, copy }) => fs.copyFileSync(copy, path),
    /orch\.db' was overwritten by/,
  ],
  ["is overwritten with something else", ({ path }) => fs.writeFileSync(path, "hello"), /orch\.db' was overwritten by/],
  [
    "is emptied",
    ({ path }) => fs.truncateSync(path),
    /orch\.db' was overwritten by another program\. Nothing is written/,
  ],
  ["is cut off", ({ path }) => fs.truncateSync(path, 8192), /orch\.db' was overwritten by another program/],
  [
    "has the log of another",
    ({ path, copy }) => fs.renameSync(copy, `${path}-wal`),
    /orch\.db-wal' is another file now/,
  ],
  [
    "has its log emptied",
    ({ path }) => fs.truncateSync(`${path}-wal`),
    /orch\.db-wal' was cut short by another program/,
  ],
  ["has its log cut off", ({ path }) => fs.truncateSync(`${path}-wal`, 4096), /orch\.db-wal' was cut short by another/],
];

for (const [name, harm, sentence] of LOST) {
  test(`R10: one that ${name} acknowledges nothing, and says so once`, async () => {
    const home = await setup();
    harm(home);
    for (let n = 0; n < 3; n += 1) {
      const error = await home.write(`lost-${n}`).catch((thrown) => thrown);
      expect([isUnavailable(error), error.message]).toEqual([true, expect.stringMatching(sentence)]);
      expect(() => home.db.checkpointIfIdle()).toThrow(sentence);
    }
    expect(home.said).toEqual([expect.stringMatching(sentence)]);
  });
}

test("R10: a file that is moved is noticed without a write, and goes on when it is back", async () => {
  const { db, path, said, write } = await setup();
  fs.renameSync(path, `${path}.moved`);
  expect(() => db.checkpointIfIdle()).toThrow("is gone");
  await expect(write("refused")).rejects.toThrow("is gone");
  fs.renameSync(`${path}.moved`, path);
  db.checkpointIfIdle();
  await write("after");
  expect(said).toEqual([expect.stringContaining("is gone"), `The database '${path}' can be written again.`]);
  expect(await keysAfterRestart(path)).toEqual(["after", "before", "early", "last"]);
});

test("R10: a home that is moved away and back goes on", async () => {
  const { path, said, write } = await setup();
  fs.renameSync(dirname(path), `${dirname(path)}.moved`);
  await expect(write("refused")).rejects.toThrow("is gone");
  fs.renameSync(`${dirname(path)}.moved`, dirname(path));
  await write("after");
  expect(said).toHaveLength(2);
  const keys = (await keysAfterRestart(path)).filter((key) => key !== "refused"); // refused, not undone
  expect(keys).toEqual(["after", "before", "early", "last"]);
});

for (const suffixes of [["-wal"], ["-shm"], ["-wal", "-shm"]]) {
  test(`R10: without its ${suffixes.join(" and ")} nothing is lost and it goes on`, async () => {
    const { db, path, said, write } = await setup();
    for (const suffix of suffixes) fs.rmSync(path + suffix);
    await write("after");
    db.checkpointIfIdle();
    expect(await keysAfterRestart(path)).toEqual(["after", "before", "early", "last"]);
    for (const suffix of suffixes) fs.rmSync(path + suffix);
    await write("again");
    expect(await keysAfterRestart(path)).toEqual(["after", "again", "before", "early", "last"]);
    expect(said).toEqual([]);
  });
}

test("R10: a write during which the file goes away is not acknowledged", async () => {
  const { db, path } = await setup();
  const writing = db.write((tx) => {
    tx.run(insert, "during");
    fs.rmSync(path);
  });
  await expect(writing).rejects.toThrow("is gone");
});

test("R10: what is moved into the file by this or by another program is no fault", async () => {
  const { db, path, said, write } = await setup();
  const other = openDatabase(path);
  for (let n = 0; n < 5; n += 1) {
    await other.write((tx) => tx.run(insert, `theirs-${n}`));
    other.checkpointIfIdle();
    other.checkpointIfIdle();
    await write(`ours-${n}`);
    db.checkpointIfIdle();
    db.checkpointIfIdle();
  }
  fs.utimesSync(path, new Date(), new Date());
  await write("touched");
  expect(said).toEqual([]);
  await other.close();
  await write("at the end");
  expect(await keysAfterRestart(path)).toContain("at the end");
});

test("R10: a database that another program has overwritten is not written to when it closes", async () => {
  const { db, path, copy } = await setup();
  fs.copyFileSync(copy, path);
  await db.close();
  expect(fs.readFileSync(path).equals(fs.readFileSync(copy))).toBe(true);
});

test("R10: what SQLite finds damaged while it reads or writes is 'unavailable', said once", async () => {
  const { db, said } = await setup();
  const broken = () => {
    throw Object.assign(new Error("database disk image is malformed"), { code: "SQLITE_CORRUPT" });
  };
  for (let n = 0; n < 2; n += 1) {
    expect(isUnavailable(await db.read(broken).catch((error) => error))).toBe(true);
    expect(isUnavailable(await db.write(broken).catch((error) => error))).toBe(true);
  }
  expect(said).toEqual([expect.stringMatching(/orch\.db' is damaged: stop the server and put a backup back/)]);
});

test("R10: what the watch for the writes of others finds damaged is said once", async () => {
  const folder = fs.realpathSync(fs.mkdtempSync(join(tmpdir(), "orch-place-")));
  const path = join(folder, "orch.db");
  const clock = manualClock();
  const [said, errors]: [string[], unknown[]] = [[], []];
  const db = openDatabase(path, { clock, say: (line) => said.push(line), onError: (error) => errors.push(error) });
  open.push({ db, folder });
  const heard: number[] = [];
  db.onForeignWrite(() => {
    heard.push(heard.length);
    throw Object.assign(new Error("database disk image is malformed"), { code: "SQLITE_CORRUPT" });
  });
  const other = openDatabase(path);
  open.push({ db: other, folder });
  for (let n = 0; n < 3; n += 1) {
    await other.write((tx) => tx.run(insert, `theirs-${n}`));
    clock.advance(1);
    await new Promise((next) => setImmediate(next));
  }
  expect(heard).toEqual([0, 1, 2]);
  expect(errors).toEqual([]);
  expect(said).toEqual([expect.stringMatching(/orch\.db' is damaged/)]);
});

const needsDisk = test.skipIf(NO_SMALL_DISKS !== undefined);

needsDisk("R14: a disk that is full half-way through a checkpoint is full, and nothing is lost", async () => {
  const disk = smallDisk(3072);
  const path = join(disk.folder, "home", "orch.db");
  const said: string[] = [];
  const db = openDatabase(path, { say: (line) => said.push(line) });
  open.push({ db, folder: join(disk.folder, "home") });
  try {
    await db.write((tx) => tx.run(insert, "early"));
    disk.fill();
    const before = fs.readFileSync(path);
    for (let n = 0; n < 4; n += 1) {
      expect(() => {
        db.checkpointIfIdle();
        db.checkpointIfIdle();
      }).toThrow("is full: make room there");
    }
    expect(fs.readFileSync(path).equals(before)).toBe(false);
    expect(said).toEqual([expect.stringContaining("is full: make room there")]);
    expect(await keysAfterRestart(path)).toEqual(["early"]);
    disk.empty();
    await db.write((tx) => tx.run(insert, "late"));
    db.checkpointIfIdle();
    db.checkpointIfIdle();
    expect(said).toEqual([expect.anything(), `The database '${path}' can be written again.`]);
    await db.close();
    expect(await keysAfterRestart(path)).toEqual(["early", "late"]);
  } finally {
    await db.close();
    disk.remove();
  }
});

test("R10: the log of a database that was replaced is taken out of the way of the other one", async () => {
  const { db, path, copy, said } = await setup();
  const older = fs.readFileSync(copy);
  fs.renameSync(copy, path);
  await db.close();
  expect(fs.existsSync(`${path}-wal`)).toBe(false);
  expect(said).toEqual([expect.stringContaining(`are in '${path}-wal.of-another'.`)]);
  expect(fs.readFileSync(path).equals(older)).toBe(true);
  expect(await keysAfterRestart(path)).toEqual(["early"]);
});
