// Writes files so that they are whole and on disk when the call returns.
import {
  chmodSync,
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname } from "node:path";
import { messageOf, OrchError } from "../errors.ts";
import { newId } from "../ids.ts";
import { systemFault } from "./system-fault.ts";

export interface WriteOptions {
  /** Rights of a new file; a file that is there keeps its own. Default: 0666 less the umask. */
  mode?: number;
  /** Rights of folders that are made on the way. Default: 0777 less the umask. */
  folderMode?: number;
  /** Returns when it would survive a power cut. */
  durable?: boolean;
}

/**
 * Writes a file through a second one: a reader, and who comes after a crash or a full disk, finds the old content or the
 * new one. A link is followed. Throws `invalid` with a sentence that names the path.
 *
 * @example
 * writeWhole("marvin-deployment.yaml", text);
 */
export function writeWhole(path: string, content: string | Uint8Array, options: WriteOptions = {}): void {
  let draft: string | undefined;
  try {
    const { mode = 0o666, folderMode, durable = false } = options;
    mkdirSync(dirname(path), { recursive: true, ...(folderMode === undefined ? {} : { mode: folderMode }) });
    const found = statSync(path, { throwIfNoEntry: false });
    if (found?.isDirectory()) throw Object.assign(new Error("is a folder"), { code: "EISDIR" });
    const place = found ? realpathSync(path) : path;
    draft = `${place}.${newId()}`;
    const rights = found ? found.mode & 0o777 : mode;
    const file = openSync(draft, "wx", rights);
    try {
      writeFileSync(file, content);
      if (durable) fsyncSync(file);
    } finally {
      closeSync(file);
    }
    if (found) chmodSync(draft, rights); // the umask has taken some
    renameSync(draft, place);
    if (durable) syncFolderOf(place);
  } catch (error) {
    if (draft !== undefined) removeDraft(draft);
    throw unwritable(path, error);
  }
}

function removeDraft(draft: string): void {
  try {
    rmSync(draft, { force: true });
  } catch {
    // Where nothing can be removed none was made.
  }
}

/** The error of a path that could not be written, as a sentence that names it. */
export function unwritable(path: string, error: unknown): OrchError {
  const sentence = systemFault(error, path) ?? `'${path}' cannot be written: ${messageOf(error)}`;
  return new OrchError("invalid", sentence, { cause: error });
}

/**
 * A file or a folder: its content, or the names in it.
 *
 * @example
 * syncToDisk("backup.db");
 */
export function syncToDisk(path: string): void {
  const file = openSync(path, "r");
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** The folder of a file, after it was renamed or made. */
export function syncFolderOf(path: string): void {
  syncToDisk(dirname(path));
}
