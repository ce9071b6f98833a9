// The database of a home: backed up, restored, emptied, compacted and looked at.
import { Database as Sqlite } from "bun:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { BLOCK_TYPES } from "#blocks/registry.ts";
import { openApi } from "#cli/api.ts";
import { openDatabase } from "#db/connect.ts";
import { refuseForeignDatabase } from "#db/home/foreign-schema.ts";
import { lockHome, SERVER } from "#db/home/home-lock.ts";
import { MIGRATIONS } from "#db/migrations/index.ts";
import { saveNamed } from "#sdk/blocks/documents.ts";
import { loadSettings } from "#settings/load.ts";
import { type TestTerminal, testTerminal } from "../io.ts";

let terminal: TestTerminal;
let path: string;
beforeEach(() => {
  terminal = testTerminal();
  path = join(terminal.home, "orch.db");
});
afterEach(() => terminal.close());
const orch = (...words: string[]) => terminal.orch(...words);
const database = (...words: string[]) => orch("server", "database", ...words);
const at = (name: string) => join(terminal.folder, name);
const keyPath = () => join(terminal.home, "encryption.key");
const setA = (value: string) => orch("variable", "set", "a", value);
const valueOfA = async () => JSON.parse((await orch("variable", "inspect", "a", "--json")).out).value;
const asides = () => readdirSync(terminal.home).filter((name) => name.includes("before-restore"));
const drafts = () =>
  [terminal.home, terminal.folder].flatMap((folder) => readdirSync(folder)).filter((name) => name.includes("partial"));

/** So that there is a block, and a key. */
async function saveSecret(): Promise<void> {
  const { client, close } = await openApi(loadSettings({ ORCH_HOME: terminal.home, HOME: terminal.folder }).settings);
  const secret = BLOCK_TYPES.find(({ slug }) => slug === "secret");
  if (!secret) throw new Error("secret is a type of orch");
  await saveNamed(client, secret, { name: "token", data: { value: "hidden" }, overwrite: true });
  await close();
}
const secretIsRead = async () => (await orch("block", "inspect", "secret/token")).code === 0;

describe("without a database", () => {
  for (const words of [["backup", "x.db"], ["reset"], ["vacuum"], ["stats"], ["upgrade"]]) {
    test(`${words[0]} says so, and makes none`, async () => {
      const { code, err } = await database(...words);
      expect(err).toBe(`There is no database yet: '${path}' is made by the first command that needs it.`);
      expect(code).toBe(1);
      expect(existsSync(path)).toBeFalse();
    });
  }

  test("restore makes it, and asks nothing", async () => {
    await setA("1");
    await database("backup", "b.db");
    rmSync(terminal.home, { recursive: true });
    const { out, code } = await database("restore", "b.db");
    expect(out).toBe(`Restored '${path}' from 'b.db': 0 flow run(s).`);
    expect(code).toBe(0);
    expect(await valueOfA()).toBe("1");
    expect(terminal.asked).toEqual([]);
  });
});

describe("backup", () => {
  test("is whole while another has the database open and writes", async () => {
    await setA("1");
    const other = openDatabase(path);
    const { out, code } = await database("backup", "b.db");
    expect(out).toStartWith(`Backed up '${path}' to '${at("b.db")}' (`);
    expect(code).toBe(0);
    await other.close();
    expect(statSync(at("b.db")).mode & 0o777).toBe(0o600);
    const copy = new Sqlite(at("b.db"));
    expect(copy.query("pragma integrity_check").get()).toEqual({ integrity_check: "ok" });
    expect(copy.query("select value from variable").get()).toEqual({ value: "1" });
    copy.close();
    expect(drafts()).toEqual([]);
  });

  test("replaces a file only when it is told to", async () => {
    await setA("1");
    writeFileSync(at("b.db"), "mine");
    const { code, err } = await database("backup", "b.db");
    expect([code, err]).toEqual([1, "'b.db' is there already. Take another name, or add --overwrite."]);
    expect(readFileSync(at("b.db"), "utf8")).toBe("mine");
    expect((await database("backup", "b.db", "--overwrite")).code).toBe(0);
    expect(statSync(at("b.db")).size).toBeGreaterThan(10_000);
  });

  test("into no folder, or onto one, is a sentence", async () => {
    await setA("1");
    mkdirSync(at("folder"));
    expect((await database("backup", "folder")).err).toBe("'folder' is a folder: name a file in it.");
    expect((await database("backup", "none/b.db")).err).toBe(`There is no folder '${at("none")}'.`);
  });

  test("says where the key is, or takes it along", async () => {
    await saveSecret();
    const { out } = await database("backup", "b.db");
    expect(out).toContain(`Its 1 block(s) are sealed with '${keyPath()}', which is not in the backup`);
    expect(existsSync(at("b.db.key"))).toBeFalse();
    const withKey = await database("backup", "c.db", "--with-key");
    expect(withKey.out).toContain(`The key of its blocks is in '${at("c.db.key")}'.`);
    expect(readFileSync(at("c.db.key"))).toEqual(readFileSync(keyPath()));
    expect(statSync(at("c.db.key")).mode & 0o777).toBe(0o600);
    expect(out + withKey.out).not.toContain(readFileSync(keyPath(), "utf8"));
  });
});

describe("restore", () => {
  beforeEach(async () => {
    await setA("old");
    await database("backup", "b.db");
    await setA("new");
  });

  test("puts the backup in place, and keeps what was there in another file", async () => {
    const { out, code } = await database("restore", "b.db", "--yes");
    expect(code).toBe(0);
    expect(await valueOfA()).toBe("old");
    const [aside = ""] = asides();
    expect(out).toContain(`What was there before is in '${join(terminal.home, aside)}'.`);
    expect((await database("restore", join(terminal.home, aside))).code).toBe(0);
    expect(await valueOfA()).toBe("new");
    expect(asides()).toHaveLength(2);
    expect(drafts()).toEqual([]);
  });

  test("asks first, and a no leaves all as it is", async () => {
    terminal.answer = false;
    const { code, err } = await database("restore", "b.db");
    expect([code, err]).toEqual([1, "The database was not replaced."]);
    expect(terminal.asked).toEqual([`Replace '${path}' by 'b.db'?`]);
    expect(await valueOfA()).toBe("new");
    expect([asides(), drafts()]).toEqual([[], []]);
  });

  test("is refused while another program has the database open", async () => {
    const other = openDatabase(path);
    const { code, err } = await database("restore", "b.db", "--yes");
    await other.close();
    expect(err).toBe(`Another program has '${path}' open, such as an agent, a run or 'orch dev': stop it first.`);
    expect(code).toBe(1);
    expect(await valueOfA()).toBe("new");
    expect([asides(), drafts()]).toEqual([[], []]);
  });

  test("takes a damaged database's place", async () => {
    writeFileSync(path, "this is no database at all, but something longer than a header would be".repeat(3));
    expect((await database("restore", "b.db", "--yes")).code).toBe(0);
    expect(await valueOfA()).toBe("old");
    expect(asides()).toHaveLength(1);
  });

  test("leaves no log that belongs to another database", async () => {
    rmSync(path);
    writeFileSync(`${path}-wal`, "left");
    expect((await database("restore", "b.db", "--yes")).code).toBe(0);
    expect(await valueOfA()).toBe("old");
    expect(asides()).toEqual([expect.stringMatching(/-wal$/)]);
  });

  test("takes a home's own files, with what is only in their log", async () => {
    const other = openDatabase(path);
    await other.write((tx) => tx.run("update variable set value = 'logged'"));
    copyFileSync(path, at("copied.db"));
    copyFileSync(`${path}-wal`, at("copied.db-wal"));
    await other.close();
    await setA("later");
    expect((await database("restore", "copied.db", "-y")).code).toBe(0);
    expect(await valueOfA()).toBe("logged");
  });

  const WRONG: [what: string, make: (file: string) => void, sentence: string][] = [
    ["no file", () => {}, "There is no file 'x.db'."],
    ["a folder", (file) => mkdirSync(file), "'x.db' is no file: a backup is one."],
    ["something else", (file) => writeFileSync(file, "hello, world! ".repeat(99)), "cannot be read as a database: "],
    ["an empty file", (file) => writeFileSync(file, ""), "is a database, but not one of orch."],
    ["another program's", (file) => madeWith(file, "create table t (a)"), "is a database, but not one of orch."],
    [
      "Prefect's",
      (file) => madeWith(file, "create table alembic_version (a)"),
      "is a database of Prefect, not of orch.",
    ],
    [
      "a newer orch's",
      (file) => copyWith(file, `pragma user_version = ${MIGRATIONS.length + 1}`),
      "was written by a newer orch",
    ],
    ["a damaged one", damaged, "is damaged: "],
    [
      "R21: one with a trigger",
      (file) => copyWith(file, "create trigger evil after insert on flow begin delete from variable; end"),
      "is not as orch makes its databases: trigger 'evil' is not orch's.",
    ],
    [
      "R21: one with a view",
      (file) => copyWith(file, "create view spy as select * from block_document"),
      "view 'spy' is not orch's",
    ],
    ["R21: one with a table", (file) => copyWith(file, "create table notes (a)"), "table 'notes' is not orch's"],
    [
      "R21: one with a virtual table",
      (file) => copyWith(file, "create virtual table words using fts5 (a)"),
      "table 'words' is not orch's",
    ],
    [
      "R21: one with a column",
      (file) => copyWith(file, "alter table flow add column x text default (random())"),
      "table 'flow' was changed",
    ],
    [
      "R21: one with an index of an expression",
      (file) => copyWith(file, "create index i on flow (lower(name))"),
      "index 'i' is not orch's",
    ],
    ["R21: one without an index", (file) => copyWith(file, "drop index flow_created"), "'flow_created' is missing"],
    [
      "R21: one whose table became a view",
      (file) => copyWith(file, "alter table saved_search rename to v; create view saved_search as select * from v"),
      "view 'saved_search' is not orch's",
    ],
    [
      "R21: another application's",
      (file) => copyWith(file, "pragma application_id = 7"),
      "is a database, but not one of orch.",
    ],
    ["R21: one that is cut off", (file) => writeFileSync(file, readFileSync(at("b.db")).subarray(0, 70_000)), "x.db"],
    ["R21: a pipe", (file) => Bun.spawnSync(["mkfifo", file]), "'x.db' is no file: a backup is one."],
    ["R21: a device", (file) => symlinkSync("/dev/zero", file), "'x.db' is no file: a backup is one."],
    ["R21: a link to nothing", (file) => symlinkSync("nowhere", file), "There is no file 'x.db'."],
    ["R21: more than the disk holds", (file) => sparse(file), "Make room"],
  ];
  const WELL: [what: string, make: (file: string) => void][] = [
    ["R21: what SQLite keeps of indexes", (file) => copyWith(file, "analyze")],
    [
      "R21: counters of a table that is gone",
      (file) => copyWith(file, "create table a (b integer primary key autoincrement); drop table a"),
    ],
    [
      "R21: what Litestream keeps",
      (file) => copyWith(file, "create table _litestream_seq (id integer primary key, seq integer)"),
    ],
    ["R21: a link to a backup", (file) => symlinkSync(at("b.db"), file)],
  ];
  for (const [what, make] of WELL) {
    test(`of ${what} is fine`, async () => {
      make(at("x.db"));
      expect((await database("restore", "x.db", "--yes")).code).toBe(0);
      expect(await valueOfA()).toBe("old");
    });
  }

  test("R21: of a link to the database is refused", async () => {
    symlinkSync(path, at("x.db"));
    expect((await database("restore", "x.db")).err).toBe("'x.db' is the database itself.");
  });

  test("R21: the log of a backup that is a pipe is not waited for", async () => {
    copyFileSync(at("b.db"), at("x.db"));
    Bun.spawnSync(["mkfifo", at("x.db-wal")]);
    expect((await database("restore", "x.db", "--yes")).code).toBe(0);
  });

  for (const of of [1, MIGRATIONS.length]) {
    test(`R21: a server does not start on a foreign trigger in schema ${of}`, () => {
      const file = at("x.db");
      for (const sql of MIGRATIONS.slice(0, of)) madeWith(file, sql);
      madeWith(file, `pragma user_version = ${of}`);
      refuseForeignDatabase(file);
      madeWith(file, "create trigger evil after insert on flow begin delete from configuration; end");
      expect(() => refuseForeignDatabase(file)).toThrow("trigger 'evil' is not orch's");
    });
  }

  test("R21: none, an empty one, and what is no database are others' to explain", () => {
    refuseForeignDatabase(at("none.db"));
    for (const text of ["", "no database, but longer than a header ".repeat(9)]) {
      writeFileSync(at("x.db"), text);
      refuseForeignDatabase(at("x.db"));
    }
  });
  for (const [what, make, sentence] of WRONG) {
    test(`of ${what} is refused, and nothing is touched`, async () => {
      make(at("x.db"));
      const { code, err } = await database("restore", "x.db", "--yes");
      expect(err).toContain(sentence);
      expect(code).not.toBe(0);
      expect(await valueOfA()).toBe("new");
      expect([asides(), drafts()]).toEqual([[], []]);
    });
  }

  test("of the database itself is refused", async () => {
    expect((await database("restore", path)).err).toBe(`'${path}' is the database itself.`);
  });

  test("removes what a killed restore has left", async () => {
    writeFileSync(`${path}.4194304999.partial`, "half");
    expect((await database("restore", "b.db", "-y")).code).toBe(0);
    expect(drafts()).toEqual([]);
  });

  /** Takes no room itself. */
  function sparse(file: string): void {
    copyFileSync(at("b.db"), file);
    truncateSync(file, 2 ** 43);
  }
  function madeWith(file: string, sql: string): void {
    const sqlite = new Sqlite(file);
    sqlite.run(sql);
    sqlite.close();
  }
  function copyWith(file: string, sql: string): void {
    copyFileSync(at("b.db"), file);
    madeWith(file, sql);
  }
  /** A row of an index that has no row of its table. */
  function damaged(file: string): void {
    const bytes = readFileSync(at("b.db"));
    const at0 = [...bytes.toString("latin1").matchAll(/old(?!\.id)/g)].at(-1)?.index ?? 0; // `old.id` is in triggers
    bytes.fill(0xff, at0 - 120, at0);
    writeFileSync(file, bytes);
  }
});

describe("the key of a backup's blocks", () => {
  beforeEach(async () => {
    await saveSecret();
    await database("backup", "b.db", "--with-key");
    rmSync(terminal.home, { recursive: true });
  });

  test("is taken from beside the backup when the home has none", async () => {
    const { out } = await database("restore", "b.db");
    expect(out).toContain(`The key of its blocks was taken from '${at("b.db.key")}'.`);
    expect(await secretIsRead()).toBeTrue();
  });

  test("is taken when the home's does not fit, which is kept in another file", async () => {
    await saveSecret();
    const own = readFileSync(keyPath(), "utf8");
    expect((await database("restore", "b.db", "-y")).out).toContain("was taken from");
    expect(await secretIsRead()).toBeTrue();
    const [aside = ""] = asides().filter((name) => name.endsWith(".key"));
    expect(readFileSync(join(terminal.home, aside), "utf8")).toBe(own);
    expect((await database("restore", "b.db", "-y")).out).not.toContain("was taken from");
  });

  test("is asked for when it is nowhere", async () => {
    rmSync(at("b.db.key"));
    const { err, code } = await database("restore", "b.db");
    expect(err).toBe(
      `The backup's 1 block(s) cannot be read with '${keyPath()}': put the key they were saved with there.`,
    );
    expect(code).toBe(0);
  });
});

describe("reset", () => {
  test("asks first, and a no leaves everything", async () => {
    await setA("1");
    terminal.answer = false;
    const { code, err } = await database("reset");
    expect([code, err]).toEqual([1, "The database was not reset."]);
    expect(terminal.asked).toEqual([`Delete everything in '${path}'?`]);
    expect(await valueOfA()).toBe("1");
  });

  test("with --yes leaves an empty database that works", async () => {
    await setA("1");
    expect((await database("reset", "--yes")).out).toBe(`The database '${path}' was reset.`);
    expect((await orch("variable", "ls", "--json")).out).toBe("[]");
    expect((await orch("block", "type", "ls")).out).toContain("secret");
  });
});

describe("vacuum, stats, upgrade, downgrade", () => {
  test("vacuum gives back what deleted rows have left", async () => {
    await setA("1");
    const db = openDatabase(path);
    await db.write((tx) => {
      for (let index = 0; index < 500; index += 1) {
        tx.run("insert into configuration (key, value) values (?, ?)", `k${index}`, JSON.stringify("x".repeat(2000)));
      }
    });
    await db.write((tx) => tx.run("delete from configuration where key like 'k%'"));
    const whileOpen = await database("vacuum");
    await db.close();
    expect(whileOpen.code).toBe(0);
    const { free_bytes, bytes } = JSON.parse((await database("stats", "--json")).out);
    expect(free_bytes).toBe(0);
    expect(bytes).toBeLessThan(1_000_000);
    expect(await valueOfA()).toBe("1");
  });

  test("vacuum does not wait forever", async () => {
    await setA("1");
    const other = new Sqlite(path);
    other.run("begin immediate");
    expect((await database("vacuum")).err).toBe(`Another program works with '${path}': stop it first.`);
    other.close();
  });

  test("stats counts rows and bytes, for people and for programs", async () => {
    await setA("1");
    const { out } = await database("stats");
    expect(out).toMatch(/│ variable +│ +1 +│ +\d+\.\d KB │/);
    expect(out).toMatch(/^Oldest flow run: +none$/m);
    const told = JSON.parse((await database("stats", "--json")).out);
    expect(told).toMatchObject({ path, key_path: keyPath(), schema: MIGRATIONS.length, oldest_flow_run: null });
    expect(told.tables.find(({ name }: { name: string }) => name === "variable").rows).toBe(1);
    expect(told.wal_bytes).toBe(0);
  });

  test("stats of what is no database is a sentence", async () => {
    mkdirSync(terminal.home, { recursive: true });
    writeFileSync(path, "no database ".repeat(50));
    expect((await database("stats")).err).toBe(
      `'${path}' cannot be read: file is not a database. 'orch doctor' says more.`,
    );
  });

  test("upgrade brings an older schema up, and says when there is nothing to do", async () => {
    await setA("1");
    expect((await database("upgrade")).out).toBe(`'${path}' has schema ${MIGRATIONS.length}, the newest.`);
    rmSync(path);
    const older = new Sqlite(path);
    older.run(MIGRATIONS[0] ?? "");
    older.run("pragma user_version = 1");
    older.close();
    expect((await database("upgrade", "--dry-run")).out).toBe(
      `'${path}' has schema 1 and would get ${MIGRATIONS.length}.`,
    );
    const release = lockHome(terminal.home, { work: SERVER });
    expect((await database("upgrade", "-y")).err).toStartWith(`A server has the home '${terminal.home}', as process`);
    release();
    expect((await database("upgrade", "-y")).out).toBe(`Upgraded '${path}' from schema 1 to ${MIGRATIONS.length}.`);
  });

  test("downgrade says that only a backup leads back", async () => {
    const { code, err } = await database("downgrade");
    expect([code, err]).toEqual([
      1,
      "Schemas only go forward: restore a backup of the older one with 'orch server database restore FILE'.",
    ]);
  });
});
