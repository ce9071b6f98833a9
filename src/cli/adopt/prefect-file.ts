// Reads a database file of Prefect 2.10 to 2.20, by the tables and columns that are there. Nothing is ever written to it.
import { constants, Database as Sqlite } from "bun:sqlite";
import { constants as access, accessSync, closeSync, openSync, readSync, realpathSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { sqliteCode } from "#db/faults.ts";
import { messageOf, OrchError } from "#lib/errors.ts";
import { requireReadableFile } from "#lib/files/readable-file.ts";
import { isObject, type JsonObject, tryParseJson } from "#lib/json.ts";
import { shellQuoted } from "#lib/text/shell-words.ts";
import type { Io } from "../kit/command.ts";
import { jsonOfPython } from "./columns.ts";
import { openFernet } from "./fernet.ts";
import type { Source, SourceRow } from "./source.ts";
import { findWriter } from "./writers.ts";

/** Rows that are read at once. */
const PAGE = 2_000;

/** Throws a sentence for a file that is no such database, or that is in use. `env` may hold the key of its secrets. */
export function openPrefectFile(given: string, { env, cwd }: Pick<Io, "env" | "cwd">): Source {
  const path = fileAt(given, cwd);
  requireReadableFile(path, path);
  const pid = findWriter(path);
  if (pid !== undefined) throw inUse(path, `process ${pid} works with it`);
  const before = stampOf(path);
  const sqlite = opened(path);
  try {
    const counts = countsOf(sqlite, path);
    const keys = keysOf(sqlite, env);
    return {
      shown: path,
      ...{ counts, lacking: [] },
      bytes: statSync(path).size,
      goesOn: false,
      pages: (table) => (counts.has(table) ? pagesOf(sqlite, table, path) : []),
      unsealed: (block) => unsealed(block, keys),
      requireUnchanged() {
        const writer = findWriter(path);
        if (writer !== undefined) throw inUse(path, `process ${writer} works with it`);
        if (stampOf(path) !== before) throw inUse(path, "it was written meanwhile");
      },
      close: () => sqlite.close(),
    };
  } catch (error) {
    sqlite.close();
    throw damaged(error, path) ?? error;
  }
}

function fileAt(given: string, cwd: string): string {
  const stats = statSync(resolve(cwd, given), { throwIfNoEntry: false });
  if (!stats) throw new OrchError("not_found", `There is no file '${given}'.`);
  if (!stats.isFile())
    throw new OrchError("invalid", `'${given}' is no file: name the database itself, such as prefect.db.`);
  return realpathSync(resolve(cwd, given));
}

function inUse(path: string, why: string): OrchError {
  return new OrchError(
    "conflict",
    `'${path}' is in use: ${why}. Stop Prefect's server, and adopt it again. Nothing was changed.`,
  );
}

/** The sentence for what SQLite throws where the file does not hold what it should; undefined for any other error. */
function damaged(error: unknown, path: string): OrchError | undefined {
  if (!/^SQLITE_(CORRUPT|NOTADB)/.test(sqliteCode(error))) return undefined;
  const sentence = `'${path}' is damaged: ${messageOf(error)}. Save what is left by 'sqlite3 prefect.db .recover | sqlite3 mended.db', and adopt that file. Nothing was changed.`;
  return new OrchError("unavailable", sentence, { cause: error });
}

/** What any write changes. */
function stampOf(path: string): string {
  const stamps = [path, `${path}-wal`].map((file) => statSync(file, { throwIfNoEntry: false }));
  return stamps.map((stats) => (stats?.size ? `${stats.ino} ${stats.size} ${stats.mtimeMs}` : "none")).join();
}

/**
 * A server that was stopped has left one file, which is read as it is. One that was killed has left its last writes in the log
 * beside it: then SQLite needs the log's index, which it makes if it is not there.
 */
function opened(path: string): Sqlite {
  if (sizeOf(path) === 0)
    throw new OrchError("invalid", `'${path}' is empty: Prefect has not made its database there.`);
  requireNoJournal(path);
  const hasLog = sizeOf(`${path}-wal`) > 0;
  if (hasLog) requireFolder(path);
  const url = `${pathToFileURL(path).href}?${hasLog ? "mode=ro" : "immutable=1"}`;
  let sqlite: Sqlite | undefined;
  try {
    sqlite = new Sqlite(url, constants.SQLITE_OPEN_READONLY | constants.SQLITE_OPEN_URI);
    sqlite.run("pragma trusted_schema = off");
    sqlite.query("select 1 from sqlite_schema limit 1").all();
    return sqlite;
  } catch (cause) {
    sqlite?.close();
    throw new OrchError("invalid", `'${path}' cannot be read as a database: ${messageOf(cause)}.`, { cause });
  }
}

/** 0 where there is no such file. */
function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

/** A database that was not set to have a log keeps in its journal what a killed writer has to take back. */
function requireNoJournal(path: string): void {
  const journal = `${path}-journal`;
  if (sizeOf(journal) === 0 || beginningOf(journal).every((byte) => byte === 0)) return;
  const sentence = `A writer of '${path}' was killed, and '${journal}' holds what is to be taken back. Nothing was changed. Let SQLite do that, and adopt it again: sqlite3 ${shellQuoted(path)} .tables`;
  throw new OrchError("unavailable", sentence);
}

const JOURNAL_HEAD_BYTES = 8;

/** All zero in a journal that is over. */
function beginningOf(path: string): Buffer {
  const file = openSync(path, "r");
  try {
    const head = Buffer.alloc(JOURNAL_HEAD_BYTES);
    readSync(file, head, 0, JOURNAL_HEAD_BYTES, 0);
    return head;
  } finally {
    closeSync(file);
  }
}

function requireFolder(path: string): void {
  try {
    accessSync(dirname(path), access.W_OK);
  } catch (cause) {
    const sentence = `'${path}' has its last writes in '${path}-wal', which can only be read where the folder can be written: copy both files to another folder, and adopt that copy.`;
    throw new OrchError("unavailable", sentence, { cause });
  }
}

/** Throws `invalid` for a database that is not of Prefect 2.10 to 2.20. */
function countsOf(sqlite: Sqlite, path: string): ReadonlyMap<string, number> {
  const tables = sqlite.query<{ name: string }, []>("select name from sqlite_schema where type = 'table'").all();
  const names = new Set(tables.map(({ name }) => name));
  if (!["alembic_version", "flow_run", "block_document"].every((name) => names.has(name))) {
    throw new OrchError("invalid", `'${path}' is a database, but not one of Prefect 2.`);
  }
  if (!names.has("variable") || !names.has("work_pool")) {
    const sentence = `'${path}' is of a Prefect before 2.10: bring it to 2.10 by 'prefect server database upgrade' first.`;
    throw new OrchError("invalid", sentence);
  }
  if (!names.has("agent")) throw new OrchError("invalid", `'${path}' is of Prefect 3: 2.10 to 2.20 can be adopted.`);
  const count = (name: string) =>
    sqlite.query<{ n: number }, []>(`select count(*) as n from ${quoted(name)}`).get()?.n ?? 0;
  return new Map([...names].filter((name) => !name.startsWith("sqlite_")).map((name) => [name, count(name)]));
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function* pagesOf(sqlite: Sqlite, table: string, path: string): Iterable<readonly SourceRow[]> {
  const sql = `select rowid as "source row", * from ${quoted(table)} where rowid > ? order by rowid limit ${PAGE}`;
  const page = sqlite.prepare<SourceRow, [number]>(sql);
  let after = Number.MIN_SAFE_INTEGER;
  try {
    for (;;) {
      const rows = page.all(after);
      if (rows.length > 0) yield rows;
      if (rows.length < PAGE) return;
      after = Number(rows.at(-1)?.["source row"]);
    }
  } catch (error) {
    throw damaged(error, path) ?? error;
  } finally {
    page.finalize();
  }
}

/** The variables that Prefect reads, then the key that it has made for itself. */
const KEY_VARIABLES = ["PREFECT_SERVER_ENCRYPTION_KEY", "PREFECT_API_ENCRYPTION_KEY", "ORION_ENCRYPTION_KEY"];

function keysOf(sqlite: Sqlite, env: Record<string, string | undefined>): string[] {
  const row = sqlite.query<{ value: string }, []>("select value from configuration where key = 'ENCRYPTION_KEY'").get();
  const value = row ? tryParseJson(row.value) : undefined;
  const own = isObject(value) ? value["fernet_key"] : undefined;
  return [...KEY_VARIABLES.map((name) => env[name]), own].flatMap((key) => (typeof key === "string" ? key : []));
}

function unsealed(block: SourceRow, keys: readonly string[]): JsonObject | undefined {
  const token = tryParseJson(String(block["data"]));
  for (const key of keys) {
    const text = typeof token === "string" ? openFernet(key, token) : undefined;
    const data = text === undefined ? undefined : tryParseJson(jsonOfPython(text));
    if (isObject(data)) return data as JsonObject; // JSON holds JSON
  }
  return undefined;
}
