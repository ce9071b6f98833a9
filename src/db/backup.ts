// Copies of a database. Each is whole, or it is not there: what is being written has another name until it is on disk.
import { Database as Sqlite } from "bun:sqlite";
import { copyFileSync, existsSync, linkSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { EXIT_NEWER_DATABASE, messageOf, OrchError } from "#lib/errors.ts";
import { fullDisk } from "#lib/files/disk.ts";
import { syncFolderOf, syncToDisk } from "#lib/files/fsync.ts";
import { makePrivate, PRIVATE_FILE } from "#lib/files/private.ts";
import { systemFault } from "#lib/files/system-fault.ts";
import { isAlive } from "#lib/process/process-alive.ts";
import { isBusy, isNoRoom } from "./faults.ts";
import { refuseForeignSchema } from "./home/foreign-schema.ts";
import { MIGRATIONS } from "./migrations/index.ts";

/** SQLite gives up after so long when another process holds the lock. */
const PATIENCE_MS = 10_000;
/** Who compacts can come again. */
const SHORT_PATIENCE_MS = 1_000;

/** The state at one moment, while others may write. `target` is replaced at once. */
export function backupDatabase(path: string, target: string): void {
  const draft = ownDraft(target);
  try {
    // An empty file is taken by SQLite, and this one is its owner's alone.
    writeFileSync(draft, "", { mode: PRIVATE_FILE });
    const sqlite = open(path);
    try {
      sqlite.run("vacuum into ?", [draft]);
    } finally {
      sqlite.close();
    }
    syncToDisk(draft);
    renameSync(draft, target);
    syncFolderOf(target);
  } catch (error) {
    if (error instanceof OrchError) throw error;
    const known = isNoRoom(error) ? fullDisk(target) : systemFault(error, target);
    const sentence = known ?? `The backup '${target}' could not be written: ${messageOf(error)}.`;
    throw new OrchError("unavailable", sentence, { cause: error });
  } finally {
    removeDraft(draft);
  }
}

export interface CheckedCopy {
  /** A file beside the database that it will replace. */
  draft: string;
  schema: number;
  knownSchema: number;
  flowRuns: number;
  /** The sealed data of one block, to try keys on; `null` when there is none. */
  sealed: string | null;
  blocks: number;
}

/** Copies the backup beside `path`, and looks whether it is a whole database of orch. Throws a sentence, and leaves nothing. */
export function checkedCopy(backup: string, path: string): CheckedCopy {
  const draft = ownDraft(path);
  try {
    // The copy is its owner's alone, whatever the rights of the backup are.
    writeFileSync(draft, "", { mode: PRIVATE_FILE });
    copyFileSync(backup, draft);
    makePrivate(draft);
    // A copy of a home's own files has its last writes in the log.
    if (statSync(`${backup}-wal`, { throwIfNoEntry: false })?.isFile()) copyFileSync(`${backup}-wal`, `${draft}-wal`);
    const checked = checkedAt(draft, backup);
    syncToDisk(draft);
    return checked;
  } catch (error) {
    removeDraft(draft);
    if (error instanceof OrchError) throw error;
    throw new OrchError("conflict", `'${backup}' cannot be read as a database: ${messageOf(error)}.`, { cause: error });
  }
}

function checkedAt(draft: string, backup: string): CheckedCopy {
  const sqlite = open(draft);
  try {
    const schema = sqlite.query<{ user_version: number }, []>("pragma user_version").get()?.user_version ?? 0;
    refuseForeignSchema(sqlite, backup);
    if (schema > MIGRATIONS.length) {
      const sentence = `'${backup}' was written by a newer orch (schema ${schema}, this one knows ${MIGRATIONS.length}). Use the newer orch.`;
      throw new OrchError("conflict", sentence, { exitCode: EXIT_NEWER_DATABASE });
    }
    const [damage] = sqlite.query<{ integrity_check: string }, []>("pragma integrity_check(1)").all();
    if (damage?.integrity_check !== "ok") {
      throw new OrchError("conflict", `'${backup}' is damaged: ${damage?.integrity_check}.`);
    }
    // One file without a log, as it will be put in place.
    sqlite.run("pragma journal_mode = delete");
    const count = (table: string) =>
      sqlite.query<{ n: number }, []>(`select count(*) as n from ${table}`).get()?.n ?? 0;
    const sealed = sqlite.query<{ data: string }, []>("select data from block_document limit 1").get()?.data ?? null;
    const counts = { flowRuns: count("flow_run"), blocks: count("block_document") };
    return { draft, schema, knownSchema: MIGRATIONS.length, ...counts, sealed };
  } finally {
    sqlite.close();
  }
}

/**
 * Puts the checked copy in the place of the database, whose file gets the name `aside`. Cut off anywhere, the old one or
 * the new one is there: a name that exists is given to another file at once, and no log is left that belongs to neither.
 */
export function replaceDatabase({ draft }: CheckedCopy, path: string, aside: string): void {
  try {
    const isThere = existsSync(path);
    const holding = isThere ? holdAlone(path) : null;
    try {
      for (const suffix of ["", "-wal"]) makePrivate(path + suffix); // an older orch may have left them open
      if (isThere) linkSync(path, aside);
      // A log that is left, as beside a damaged database, would be taken for the new one's.
      if (existsSync(`${path}-wal`)) renameSync(`${path}-wal`, `${aside}-wal`);
      rmSync(`${path}-shm`, { force: true });
      renameSync(draft, path);
      syncFolderOf(path);
    } finally {
      holding?.close();
    }
  } finally {
    removeDraft(draft);
  }
}

/** No other process may have it open: it would go on in the old file. A damaged one cannot be held. */
function holdAlone(path: string): Sqlite | null {
  const sqlite = open(path, 0);
  try {
    // Needs to be alone, and moves the log into the file.
    sqlite.run("pragma journal_mode = delete");
    sqlite.run("begin exclusive");
    return sqlite;
  } catch (error) {
    sqlite.close();
    if (isBusy(error)) {
      const sentence = `Another program has '${path}' open, such as an agent, a run or 'orch dev': stop it first.`;
      throw new OrchError("unavailable", sentence, { cause: error });
    }
    return null;
  }
}

/** Reclaims the disk space of deleted rows. No process can write meanwhile. */
export function compactDatabase(path: string): void {
  const sqlite = open(path, SHORT_PATIENCE_MS);
  try {
    // So that it can be seen how far it is, and that it ends as servers have it.
    sqlite.run("pragma journal_mode = wal");
    sqlite.run("vacuum");
    sqlite.run("pragma wal_checkpoint(truncate)");
  } catch (error) {
    const sentence = isBusy(error)
      ? `Another program works with '${path}': stop it first.`
      : `'${path}' could not be compacted: ${messageOf(error)}.`;
    throw new OrchError("unavailable", sentence, { cause: error });
  } finally {
    sqlite.close();
  }
}

function open(path: string, patience = PATIENCE_MS): Sqlite {
  const sqlite = new Sqlite(path, { readwrite: true, create: false });
  sqlite.run(`pragma busy_timeout = ${patience}`);
  sqlite.run("pragma trusted_schema = off");
  return sqlite;
}

/** Takes the checked copy away again. */
export function discardCopy({ draft }: CheckedCopy): void {
  removeDraft(draft);
}

/** What a process writes before it has the name. */
export function draftOf(path: string, pid: number): string {
  return `${path}.${pid}.partial`;
}

const DRAFT = /\.(\d+)\.partial/;

/** What killed processes have left is removed on the way. */
function ownDraft(path: string): string {
  const folder = dirname(path);
  for (const name of existsSync(folder) ? readdirSync(folder) : []) {
    const [, pid] = (name.startsWith(basename(path)) && DRAFT.exec(name)) || [];
    if (pid !== undefined && !isAlive(Number(pid))) rmSync(join(folder, name), { force: true });
  }
  return draftOf(path, process.pid);
}

function removeDraft(draft: string): void {
  for (const suffix of ["", "-wal", "-shm", "-journal"]) {
    if (existsSync(draft + suffix)) rmSync(draft + suffix, { force: true });
  }
}
