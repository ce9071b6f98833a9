// The connections of an open database: one writes, one reads. They can be opened again below those who use them.
import { Database as Sqlite } from "bun:sqlite";
import { isNoRoom } from "./faults.ts";
import { type WatchedFile, watchFile } from "./home/watched-file.ts";
import { createStatements, type Statements } from "./unit-of-work.ts";

export interface Connections {
  readonly writer: Sqlite;
  readonly writing: Statements;
  readonly reading: Statements;
  /** Undefined for a database in memory, and for one that is open alone. */
  readonly watched: WatchedFile | undefined;
  /** Whether no other process, and no other connection, can have it open. */
  readonly isAlone: boolean;
  /** Nothing may be under way. Throws when they cannot be opened: then the next call tries again. */
  reopen(): void;
  close(): void;
}

interface Opened {
  writer: Sqlite;
  reader: Sqlite;
  writing: Statements;
  reading: Statements;
  watched: WatchedFile | undefined;
  isAlone: boolean;
}

export const IN_MEMORY = ":memory:";

/** Opens a connection with these pragmas. */
export type Connect = (path: string, pragmas: readonly string[]) => Sqlite;

/** `first` opens the writing connection at first, and may make the file. */
export function openConnections(path: string, first: Connect): Connections {
  let opened: Opened | undefined = openBoth(path, first);
  let isOver = false;

  function current(): Opened {
    if (isOver) throw new Error("The database is closed.");
    opened ??= openBoth(path, connect);
    return opened;
  }

  function closeBoth(): void {
    if (!opened) return;
    const { writer, reader, writing, reading, watched } = opened;
    opened = undefined;
    reading.finalize();
    writing.finalize();
    if (reader !== writer) reader.close();
    writer.close();
    watched?.close();
  }

  return {
    get writer() {
      return current().writer;
    },
    get watched() {
      return current().watched;
    },
    get isAlone() {
      return current().isAlone;
    },
    writing: { prepare: (sql) => current().writing.prepare(sql), finalize: () => current().writing.finalize() },
    reading: { prepare: (sql) => current().reading.prepare(sql), finalize: () => current().reading.finalize() },
    reopen() {
      closeBoth();
      current();
    },
    close() {
      isOver = true;
      closeBoth();
    },
  };
}

function openBoth(path: string, first: Connect): Opened {
  if (path === IN_MEMORY) return openAlone(first(path, PRAGMAS));
  let writer: Sqlite | undefined;
  try {
    writer = first(path, PRAGMAS);
    const reader = connect(path);
    const watched = watchFile(path);
    const writing = createStatements(writer);
    return { writer, reader, writing, reading: createStatements(reader), watched, isAlone: false };
  } catch (error) {
    writer?.close();
    // Without room for the index of its log a database can be read by one connection, which keeps that in its memory.
    if (!isNoRoom(error)) throw error;
    return openAlone(first(path, ["locking_mode = exclusive", ...PRAGMAS]));
  }
}

/** A database in memory exists once for each connection. */
function openAlone(writer: Sqlite): Opened {
  const statements = createStatements(writer);
  return { writer, reader: writer, writing: statements, reading: statements, watched: undefined, isAlone: true };
}

/** A connection with the settings of all of ours. */
export function connect(path: string, pragmas = PRAGMAS): Sqlite {
  const sqlite = new Sqlite(path, { create: true, readwrite: true });
  try {
    for (const pragma of pragmas) sqlite.run(`pragma ${pragma}`);
    // Makes SQLite read the schema, and open its log.
    sqlite.run("select 1 from sqlite_schema limit 1");
    return sqlite;
  } catch (error) {
    sqlite.close();
    throw error;
  }
}

const PRAGMAS: readonly string[] = [
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
];
