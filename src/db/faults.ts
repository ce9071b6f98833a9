// What SQLite says of the machine, as sentences: the disk, the file, another process. Such errors are no defects: they are
// answered with 503, and go away with their cause.

import { OrchError } from "#lib/errors.ts";
import { fullDisk } from "#lib/files/disk.ts";

/** `SQLITE_FULL`, `SQLITE_IOERR_WRITE` and the like; empty for an error that is not SQLite's. */
export function sqliteCode(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return code.startsWith("SQLITE_") ? code : "";
}

export function isBusy(error: unknown): boolean {
  return sqliteCode(error).startsWith("SQLITE_BUSY");
}

/** Whether there was no room for what SQLite wanted to write: a log, its index, a page. */
export function isNoRoom(error: unknown): boolean {
  return /^SQLITE_(?:FULL|IOERR_(?:SHMSIZE|WRITE|SHMMAP))$/.test(sqliteCode(error));
}

/** Whether the file itself is wrong. */
export function isDamage(error: unknown): boolean {
  return /^SQLITE_(?:NOTADB|CORRUPT)/.test(sqliteCode(error));
}

/** Said when another process holds the lock for longer than a caller can wait. */
export function lockedSentence(path: string): string {
  return `The database '${path}' is locked by another process. Try again, or end the process that holds it.`;
}

const RESTORE = "stop the server and put a backup back with 'orch server database restore'";

/** The sentence for what went wrong with an open database; `undefined` for an error of another kind. */
export function machineFault(error: unknown, path: string): string | undefined {
  const code = sqliteCode(error);
  if (isBusy(error)) return lockedSentence(path);
  if (isNoRoom(error)) return fullDisk(path);
  if (isDamage(error)) return `The database '${path}' is damaged: ${RESTORE}.`;
  if (code.startsWith("SQLITE_READONLY")) {
    return `The database '${path}' cannot be written: it, its folder or its disk is read-only.`;
  }
  const isOfFile = /^SQLITE_(?:IOERR|CANTOPEN|PROTOCOL|NOLFS)/.test(code);
  return isOfFile ? `The database '${path}' cannot be used (${code}): look at the disk that holds it.` : undefined;
}

/** As an error that is answered with 503; an error of another kind stays as it is. */
export function explained(error: unknown, path: string): unknown {
  const sentence = machineFault(error, path);
  return sentence === undefined ? error : new OrchError("unavailable", sentence, { cause: error });
}
