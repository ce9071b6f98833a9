// Brings files to the disk, so that a power cut cannot take or empty them.
import { closeSync, openSync } from "node:fs";
import { open } from "node:fs/promises";
import { eachOf } from "#lib/parallel.ts";
import { openCLibrary } from "#lib/process/c-library.ts";

/**
 * A file by itself costs a journal entry: 10,000 of them 2 s on a fast disk, minutes on a slow one. From this number on the
 * whole file system is flushed at once (0.1 s), which would be rude for a few files: others' writes are waited for too.
 */
const MANY = 200;
const FLUSHED_AT_ONCE = 32;

/** Resolves when the files, and their names in the folders, are on the disk. */
export async function flushAll(files: readonly string[], folders: ReadonlySet<string>): Promise<void> {
  const [first] = folders;
  if (files.length >= MANY && first !== undefined && (await flushFileSystem(first))) return;
  await eachOf(files, FLUSHED_AT_ONCE, flush);
  await eachOf(folders, FLUSHED_AT_ONCE, flushFolder);
}

/** The names in a folder. Windows has no such call, and keeps them by itself. */
export async function flushFolder(path: string): Promise<void> {
  if (process.platform !== "win32") await flush(path);
}

async function flush(path: string): Promise<void> {
  const file = await open(path, "r");
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

/** False where that cannot be done: only Linux has the call, and tells of what could not be written. */
export async function flushFileSystem(path: string): Promise<boolean> {
  if (process.platform !== "linux") return false;
  const library = await openCLibrary({ syncfs: { args: ["int"], returns: "int" } });
  if (!library) return false;
  try {
    const descriptor = openSync(path, "r");
    const result = library.symbols.syncfs(descriptor);
    closeSync(descriptor);
    return result === 0;
  } catch {
    return false; // it is not there
  } finally {
    library.close();
  }
}
