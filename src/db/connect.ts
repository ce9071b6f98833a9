// Opens the database: one connection that writes, one that reads. Writes that arrive together are committed together
// (one fsync for all) and answered after the commit, so an acknowledged write is on disk, in the file that the next start opens.
import type { Database as Sqlite } from "bun:sqlite";
import { mkdirSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { type Clock, systemClock } from "#lib/clock.ts";
import { messageOf, OrchError } from "#lib/errors.ts";
import { fullDisk } from "#lib/files/disk.ts";
import { ensurePrivateFile, makePrivate, PRIVATE_FOLDER } from "#lib/files/private.ts";
import { isUnavailable } from "#lib/retry.ts";
import { clearTables } from "./clear.ts";
import { type Connections, connect, IN_MEMORY, openConnections } from "./connections.ts";
import { isBusy, isDamage, isNoRoom, machineFault } from "./faults.ts";
import { tooFewFiles } from "./few-files.ts";
import { watchForeignWrites } from "./foreign-writes.ts";
import { createGroupCommit, whenUnlocked } from "./group-commit.ts";
import { createHealth, type Health } from "./health.ts";
import { isReplicated } from "./home/litestream.ts";
import { migrate } from "./migrate.ts";
import { createReader, type Reader, type Tx } from "./unit-of-work.ts";

export type { Reader, SqlValue, Tx } from "./unit-of-work.ts";

export interface Database {
  /** Where it lies; `undefined` for one in memory. `bytes` is 0 where no other connection can read it. */
  file: { path: string; bytes(): number } | undefined;
  /** Runs `work` on the reading connection. Nothing may be awaited inside. Throws `unavailable` for a fault of the machine. */
  read<T>(work: (q: Reader) => T): Promise<T>;
  /**
   * Runs `work` in the next group of writes; resolves when it is on disk. What `work` throws undoes only itself. Rejects with
   * `unavailable` when the disk, the file or another process keeps it from that.
   */
  write<T>(work: (tx: Tx) => T): Promise<T>;
  /** Empties every table. */
  clear(): Promise<void>;
  /** Calls back when another process has written, within 100 ms. Returns the way to stop. */
  onForeignWrite(listener: () => void): () => void;
  /**
   * Moves the write-ahead log into the database file, if there was a write, and none since the last call or too many. The log is
   * then cut, unless Litestream reads it. Looks whether the file is still there, and says when it is not.
   */
  checkpointIfIdle(): void;
  /** What keeps it from being written, as a sentence; `undefined` when nothing is known to. */
  trouble(): string | undefined;
  close(): Promise<void>;
}

export interface DatabaseOptions {
  clock?: Clock;
  /** Receives what goes wrong after a commit, when the caller has its answer. */
  onError?: (error: unknown) => void;
  /** Gets one sentence when the machine keeps the database from its work, and one when it works again. */
  say?: (sentence: string) => void;
}

const LARGE_WAL_BYTES = 64 * 1024 * 1024;
/** Between two thorough looks at the files while there are writes. */
const LOOK_MS = 100;

/** `path` may be `:memory:`. Creates the folder (0700) and the file, and migrates. */
export function openDatabase(path: string, options: DatabaseOptions = {}): Database {
  const { clock = systemClock, onError = () => {}, say = () => {} } = options;
  const connections = openOrExplain(path, clock);
  const health = createHealth(path, say);
  const query = createReader(connections.reading);
  let checkedAt = Number.NEGATIVE_INFINITY;
  const commits = createGroupCommit({
    connections,
    path,
    clock,
    onError,
    health,
    checkBefore,
    checkAfter: () => check(false),
  });
  const foreign = watchForeignWrites({ query: createReader(connections.writing), clock, onError: unlessSaid });
  let closed = false;
  let lastLook = 0;
  let checkpointed = 0;
  if (connections.isAlone && path !== IN_MEMORY) health.cramped(alone(path));

  /** Throws `unavailable` unless what is written now will be found by the next start. */
  function check(thoroughly = true): void {
    const before = checkedAt;
    checkedAt = Number.NEGATIVE_INFINITY;
    guarded(() => checked(connections, health, thoroughly));
    checkedAt = thoroughly ? clock.elapsed() : before;
  }

  /** Passes an error on to the log. A fault of the machine is not: `health` has logged it, once. */
  function unlessSaid(error: unknown): void {
    const known = health.failed(error);
    if (!isUnavailable(known)) onError(known);
  }

  /** Litestream's lock would be waited for, in vain, while this process stands still: passive takes what can be had. */
  function moveLog(): void {
    connections.writer.run(`pragma wal_checkpoint(${isReplicated(query) ? "passive" : "truncate"})`);
  }

  /** Finds out whether what was wrong is over, where nothing else is written. */
  function probe(): void {
    const key = "probe";
    const written = commits.write((tx) => {
      tx.run("insert into configuration (key, value) values (?, 'null') on conflict do nothing", key);
      tx.run("delete from configuration where key = ?", key);
    });
    written.catch(() => {}); // `health` has logged the fault that this write was to try
  }

  /** Before a group of writes: a log that was cut is seen by its length until something is written to its end. */
  function checkBefore(): void {
    check(clock.elapsed() - checkedAt > LOOK_MS);
  }

  /** Rejects with what `work` throws; a fault of the machine is logged the first time. */
  function guarded<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw health.failed(error);
    }
  }

  return {
    file:
      path === IN_MEMORY ? undefined : { path, bytes: () => (health.isGood() ? bytesOf(path) + walBytes(path) : 0) },
    read: async (work) => guarded(() => work(query)),
    write: commits.write,
    // A group of writes begins and commits in one turn, so here none is under way.
    async clear() {
      check();
      try {
        await whenUnlocked(() => clearTables(connections.writer), { clock, path });
      } catch (error) {
        throw health.failed(error);
      }
      check();
    },
    onForeignWrite: foreign.listen,
    checkpointIfIdle() {
      check();
      health.inPlace();
      if (!health.isGood()) probe();
      const written = commits.count();
      const idle = written === lastLook;
      lastLook = written;
      if (written !== checkpointed && (idle || walBytes(path) > LARGE_WAL_BYTES)) {
        guarded(moveLog);
        checkpointed = written;
        check();
      }
      connections.watched?.settle();
    },
    trouble: health.sentence,
    async close() {
      if (closed) return;
      closed = true;
      await foreign.stop();
      await commits.drain();
      const fault = connections.watched?.look(false);
      // The last connection that closes moves the log into the file. Into another one it must not.
      if (fault?.kind !== "gone" && fault?.kind !== "other") return connections.close();
      const aside = fault.kind === "other" ? connections.watched?.setLogAside() : undefined;
      if (aside) say(`The last writes to the previous database are in '${aside}'.`);
    },
  };
}

/**
 * Throws `unavailable` unless what is written now will be found by the next start. Where only the log was deleted, what it
 * held is moved into the file, and another one is begun.
 */
function checked(connections: Connections, health: Health, thoroughly: boolean): void {
  let fault = connections.watched?.look(thoroughly);
  if (fault?.kind === "log") {
    connections.writer.run("pragma wal_checkpoint(truncate)");
    connections.reopen();
    fault = connections.watched?.look(true);
  }
  if (fault) throw health.misplaced(fault.sentence);
}

/** Another process may be making or migrating the same home: then once more, for a while. */
const OPEN_PATIENCE_MS = 2_000;
const OPEN_PAUSE_MS = 20;

function openOrExplain(path: string, clock: Clock): Connections {
  const deadline = clock.elapsed() + OPEN_PATIENCE_MS;
  for (;;) {
    try {
      return openConnections(path, openOnce);
    } catch (error) {
      if (!isBusy(error) || clock.elapsed() > deadline) throw unopened(error, path);
      // Nothing else of this process runs yet that could be held up.
      Bun.sleepSync(OPEN_PAUSE_MS);
    }
  }
}

/** Makes the folder, the file and its tables where they are missing. */
function openOnce(path: string, pragmas: readonly string[]): Sqlite {
  let sqlite: Sqlite | undefined;
  try {
    if (path !== IN_MEMORY) makeFile(path);
    sqlite = connect(path, pragmas);
    migrate(sqlite, path);
    return sqlite;
  } catch (error) {
    sqlite?.close();
    throw error;
  }
}

/** All is its owner's alone: SQLite gives the files beside the database the rights of the database. */
function makeFile(path: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: PRIVATE_FOLDER });
  ensurePrivateFile(path);
  for (const suffix of ["-wal", "-shm"]) makePrivate(path + suffix);
}

function unopened(error: unknown, path: string): unknown {
  if (error instanceof OrchError) return error;
  if (isDamage(error)) {
    const sentence = `'${path}' is not a database, or is damaged. Move it to another place to start with an empty one.`;
    return new OrchError("conflict", sentence, { cause: error });
  }
  const fewFiles = tooFewFiles(error);
  if (fewFiles !== undefined) return new OrchError("unavailable", fewFiles, { cause: error });
  const known = isBusy(error) || isNoRoom(error) ? machineFault(error, path) : undefined;
  const sentence = `The database '${path}' cannot be opened: ${messageOf(error)}. Check that its folder can be written, or set ORCH_HOME to another one.`;
  return new OrchError("unavailable", known ?? sentence, { cause: error });
}

const alone = (path: string) =>
  `${fullDisk(path)} Until then what is there can be read, and other commands of this home have to go through this server.`;

const walBytes = (path: string) => bytesOf(`${path}-wal`);

function bytesOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
