// Tells whether the files of an open database are still those that its next start will open. SQLite goes on in a file that
// was deleted, moved or replaced, and what it writes there is lost.
import { closeSync, openSync, readSync, renameSync, type Stats, statSync } from "node:fs";

/** `log`: the file is there, and only what belongs beside it is gone: its write-ahead log, or the index of that. */
export interface FileFault {
  kind: "gone" | "other" | "log";
  sentence: string;
}

export interface WatchedFile {
  /**
   * What is wrong now; `undefined` while a start would open what is open, with all that was committed. Costs 3 µs for each
   * file it looks at: the index of the log is not needed for that, and is left out unless `thoroughly`.
   */
  look(thoroughly: boolean): FileFault | undefined;
  /** To be called now and then, when nothing is wrong: what the file holds now is what it should hold. */
  settle(): void;
  /** Takes the log out of the way of a database that it does not belong to. Gives where it is now. */
  setLogAside(): string | undefined;
  /** To be called when the connections are closed, not before. */
  close(): void;
}

/**
 * In the index of the log: how often it began again, how much of it is in the file, and how much was to be there after the last
 * checkpoint, which may have failed half-way. SQLite calls them salt, nBackfill and nBackfillAttempted.
 */
const SALT: [at: number, bytes: number] = [32, 8];
const MOVED: [at: number, bytes: number] = [96, 4];
const ATTEMPTED: [at: number, bytes: number] = [128, 4];
/** A file is known again by so many pieces of it, at equal distances: all of it up to 1 MB. */
const PIECES = 256;
const PIECE_BYTES = 4096;

/** A database whose connections have just been opened. */
export function watchFile(path: string): WatchedFile {
  const opened = statSync(path);
  // These stay open with the connections: to close any descriptor of a file gives up all locks that the process has on it.
  const file = openSync(path, "r");
  const index = openSync(`${path}-shm`, "r");
  const beside = ["-wal", "-shm"].map((suffix) => [path + suffix, statSync(path + suffix)] as const);
  let seen = { ...stampOf(opened), marks: marksOf() };
  let content: number | bigint | undefined;
  let log = { size: 0, salt: saltOf() };

  function marksOf(): string {
    return [SALT, MOVED].map(([at, bytes]) => bytesAt(index, at, bytes).toString("latin1")).join();
  }

  function saltOf(): string {
    return bytesAt(index, ...SALT).toString("latin1");
  }

  /** A checkpoint is under way, or the disk was full: the file has a part of it, and the log all. */
  function isHalfMoved(): boolean {
    return !bytesAt(index, ...MOVED).equals(bytesAt(index, ...ATTEMPTED));
  }

  /** SQLite cuts the log only where it begins again, with another salt. */
  function isCutShort(size: number, thoroughly: boolean): boolean {
    const salt = thoroughly || size < log.size ? saltOf() : log.salt;
    if (salt === log.salt && size < log.size) return true;
    log = { size, salt };
    return false;
  }

  function contentOf(size: number): number | bigint {
    const step = Math.max(PIECE_BYTES, Math.ceil(size / PIECES));
    let hash: number | bigint = size;
    for (let at = 0; at < size; at += step) hash = Bun.hash(bytesAt(file, at, PIECE_BYTES), hash);
    return hash;
  }

  /** Only a checkpoint writes to the file, and leaves its marks. A new time alone, as of `touch`, means nothing. */
  function isOverwritten(now: Stats): boolean {
    if (now.mtimeMs === seen.mtimeMs && now.size === seen.size) return false;
    const marks = marksOf();
    const isMoved = marks !== seen.marks || isHalfMoved();
    if (!isMoved && (content === undefined || contentOf(now.size) !== content)) return true;
    seen = { ...stampOf(now), marks };
    if (isMoved) content = undefined;
    return false;
  }

  return {
    look(thoroughly) {
      const now = statOf(path);
      if (!now) return fault("gone", `'${path}' is gone: it was deleted or moved. ${IF_GONE}`);
      if (!isSame(now, opened)) return fault("other", `'${path}' is another file now. ${IF_OTHER}`);
      if (isOverwritten(now)) return fault("other", `'${path}' was overwritten by another program. ${IF_OTHER}`);
      for (const [name, before] of thoroughly ? beside : beside.slice(0, 1)) {
        const there = statOf(name);
        if (!there) return fault("log", `'${name}' was deleted. ${IF_OTHER}`);
        if (!isSame(there, before)) return fault("other", `'${name}' is another file now. ${IF_OTHER}`);
        if (name.endsWith("-wal") && isCutShort(there.size, thoroughly)) {
          return fault("other", `'${name}' was cut short by another program. ${IF_OTHER}`);
        }
      }
      return undefined;
    },
    settle() {
      content ??= contentOf(seen.size);
    },
    setLogAside() {
      const [log] = beside;
      const now = log && statOf(log[0]);
      if (!log || !now || !isSame(now, log[1]) || now.size === 0) return undefined;
      const aside = `${log[0]}.of-another`;
      renameSync(log[0], aside);
      return aside;
    },
    close() {
      closeSync(file);
      closeSync(index);
    },
  };
}

const IF_GONE =
  "Nothing is written until it is back; if it is lost, stop the server and put a backup in its place with 'orch server database restore'.";
const IF_OTHER =
  "Nothing is written to it: stop the server, put the right one in its place, or a backup with 'orch server database restore', and start again.";

function fault(kind: FileFault["kind"], sentence: string): FileFault {
  return { kind, sentence };
}

/** `undefined` for what is not there, or cannot be reached: a folder that became a file, a network disk that is gone. */
function statOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

function isSame(one: Stats, other: Stats): boolean {
  return one.ino === other.ino && one.dev === other.dev;
}

function stampOf({ mtimeMs, size }: Stats): { mtimeMs: number; size: number } {
  return { mtimeMs, size };
}

function bytesAt(descriptor: number, at: number, bytes: number): Buffer {
  const buffer = Buffer.alloc(bytes);
  return buffer.subarray(0, readSync(descriptor, buffer, 0, bytes, at));
}
