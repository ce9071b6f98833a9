// Opens the database: one connection that writes, one that reads. Writes that arrive together are committed together
// (one fsync for all) and answered after the commit, so an acknowledged write is on disk.
import { Database as Sqlite } from "bun:sqlite";
import { mkdirSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { type Clock, systemClock } from "#lib/clock.ts";
import { messageOf, OrchError } from "#lib/errors.ts";
import { ensurePrivateFile, makePrivate, PRIVATE_FOLDER } from "#lib/private.ts";
import { clearTables } from "./clear.ts";
import { watchForeignWrites } from "./foreign-writes.ts";
import { createGroupCommit, isBusy, lockedSentence, whenUnlocked } from "./group-commit.ts";
import { migrate } from "./migrate.ts";
import { createReader, createStatements, type Reader, type Tx } from "./unit-of-work.ts";

export type { Reader, SqlValue, Tx } from "./unit-of-work.ts";

export interface Database {
  /** Where it lies; `undefined` for one in memory. */
  file: { path: string; bytes(): number } | undefined;
  /** Runs `work` on the reading connection. Nothing may be awaited inside. */
  read<T>(work: (q: Reader) => T): Promise<T>;
  /** Runs `work` in the next group of writes; resolves when it is on disk. What `work` throws undoes only itself. */
  write<T>(work: (tx: Tx) => T): Promise<T>;
  /** Empties every table. */
  clear(): Promise<void>;
  /** Calls back when another process has written, within 100 ms. Returns the way to stop. */
  onForeignWrite(listener: () => void): () => void;
  /** Moves the write-ahead log into the database file, if there was a write, and none since the last call or too many. */
  checkpointIfIdle(): void;
  close(): Promise<void>;
}

export interface DatabaseOptions {
  clock?: Clock;
  /** Receives what goes wrong after a commit, where nobody waits for it. */
  onError?: (error: unknown) => void;
}

const LARGE_WAL_BYTES = 64 * 1024 * 1024;

/** `path` may be `:memory:`. Creates the folder (0700) and the file (0600), and migrates. */
export function openDatabase(path: string, options: DatabaseOptions = {}): Database {
  const { clock = systemClock, onError = () => {} } = options;
  const writer = openOrExplain(path, clock);
  // An in-memory database exists once for each connection, so there reads go through the writer.
  const reader = path === ":memory:" ? writer : connect(path);
  const writing = createStatements(writer);
  const reading = reader === writer ? writing : createStatements(reader);
  const query = createReader(reading);
  const commits = createGroupCommit({ sqlite: writer, statements: writing, path, clock, onError });
  const foreign = watchForeignWrites({ query: createReader(writing), clock, onError });
  let closed = false;
  let lastLook = 0;
  let checkpointed = 0;

  return {
    file: reader === writer ? undefined : { path, bytes: () => bytesOf(path) + walBytes(path) },
    async read(work) {
      return work(query);
    },
    write: commits.write,
    // A group of writes begins and commits in one turn, so here none is under way.
    clear: () => whenUnlocked(() => clearTables(writer), { clock, path }),
    onForeignWrite: foreign.listen,
    checkpointIfIdle() {
      const written = commits.count();
      const idle = written === lastLook;
      lastLook = written;
      if (written === checkpointed || !(idle || walBytes(path) > LARGE_WAL_BYTES)) return;
      writer.run("pragma wal_checkpoint(truncate)");
      checkpointed = written;
    },
    async close() {
      if (closed) return;
      closed = true;
      await foreign.stop();
      await commits.drain();
      reading.finalize();
      writing.finalize();
      if (reader !== writer) reader.close();
      writer.close();
    },
  };
}

/** Another process may be making or migrating the same home: then once more, for a while. */
const OPEN_PATIENCE_MS = 2_000;
const OPEN_PAUSE_MS = 20;

function openOrExplain(path: string, clock: Clock): Sqlite {
  const deadline = clock.elapsed() + OPEN_PATIENCE_MS;
  for (;;) {
    try {
      return openOnce(path);
    } catch (error) {
      if (!isBusy(error) || clock.elapsed() > deadline) throw explained(error, path);
      // Nothing else of this process runs yet that could be held up.
      Bun.sleepSync(OPEN_PAUSE_MS);
    }
  }
}

function openOnce(path: string): Sqlite {
  let sqlite: Sqlite | undefined;
  try {
    if (path !== ":memory:") makePlace(path);
    sqlite = connect(path);
    migrate(sqlite, path);
    // Makes SQLite read the schema: damage shows here, not at the first request.
    sqlite.run("select key from configuration limit 0");
    return sqlite;
  } catch (error) {
    sqlite?.close();
    throw error;
  }
}

/** SQLite gives the files beside the database the rights of the database. */
function makePlace(path: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: PRIVATE_FOLDER });
  ensurePrivateFile(path);
  for (const suffix of ["-wal", "-shm"]) makePrivate(path + suffix);
}

function connect(path: string): Sqlite {
  const sqlite = new Sqlite(path, { create: true, readwrite: true });
  try {
    for (const pragma of PRAGMAS) sqlite.run(`pragma ${pragma}`);
    return sqlite;
  } catch (error) {
    sqlite.close();
    throw error;
  }
}

const PRAGMAS = [
  // Short, because waiting here stops the whole process; group-commit.ts waits longer without stopping it.
  "busy_timeout = 200",
  "journal_mode = wal",
  // The commit that acknowledges is on disk: full, affordable because of group commit (8,000 writes/s against 1,200).
  "synchronous = full",
  "foreign_keys = on",
  // Backstop: 16 MB. The server checkpoints when idle, long before.
  "wal_autocheckpoint = 4000",
  "cache_size = -16000",
  "temp_store = memory",
] as const;

const NOT_A_DATABASE = new Set(["SQLITE_NOTADB", "SQLITE_CORRUPT"]);

function explained(error: unknown, path: string): unknown {
  if (error instanceof OrchError) return error;
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (NOT_A_DATABASE.has(code)) {
    return new OrchError(
      "conflict",
      `'${path}' is not a database, or is damaged. Move it away to start with an empty one.`,
      {
        cause: error,
      },
    );
  }
  if (isBusy(error)) return new OrchError("unavailable", lockedSentence(path), { cause: error });
  const sentence = `The database '${path}' cannot be opened: ${messageOf(error)}. Check that its folder can be written, or set ORCH_HOME to another one.`;
  return new OrchError("unavailable", sentence, { cause: error });
}

const walBytes = (path: string) => bytesOf(`${path}-wal`);

function bytesOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
