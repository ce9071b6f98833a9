// Keeps files for their owner alone, whatever the umask is: 0600 for files, 0700 for folders.
import { chmodSync, closeSync, existsSync, openSync, readdirSync, type Stats, statSync } from "node:fs";
import { join } from "node:path";

export const PRIVATE_FILE = 0o600;
export const PRIVATE_FOLDER = 0o700;

const OTHERS = 0o077;
const OTHERS_WRITE = 0o022;

/** What other users of this machine may do with a file or a folder. */
export function rightsOfOthers({ mode }: Pick<Stats, "mode">): "none" | "read" | "write" {
  if (process.platform === "win32" || (mode & OTHERS) === 0) return "none";
  return mode & OTHERS_WRITE ? "write" : "read";
}

/** Takes the rights of others from what is there. What belongs to another user stays as it is. */
export function makePrivate(path: string): void {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found || rightsOfOthers(found) === "none") return;
  try {
    chmodSync(path, found.mode & PRIVATE_FOLDER);
  } catch {
    // another user's, or a file system without such rights
  }
}

/** Makes an empty file that its owner alone can read, where there is none; else takes the rights of others from it. */
export function ensurePrivateFile(path: string): void {
  if (existsSync(path)) makePrivate(path);
  else closeSync(openSync(path, "a", PRIVATE_FILE));
}

/** The files and folders of a folder; not what lies in those, which no other user can enter then. */
export function makeEntriesPrivate(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isFile() || entry.isDirectory()) makePrivate(join(folder, entry.name));
  }
}
