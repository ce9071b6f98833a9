// What is on disk when a call returns.
import { closeSync, fsyncSync, openSync } from "node:fs";
import { dirname } from "node:path";

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
