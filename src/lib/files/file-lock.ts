// Locks a file against other processes, also those that cannot be seen from here: in a container on the same volume.
import { Database } from "bun:sqlite";
import { chmodSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { OrchError } from "../errors.ts";
import { PRIVATE_FILE, PRIVATE_FOLDER } from "./private.ts";

/** An edit takes milliseconds. */
const PATIENCE_MS = 10_000;

/**
 * Holds the lock until the returned function is called or the process ends, however it does; the file, which is empty, stays.
 * `taken` when another has it for longer than `patienceMs`; `impossible` where nothing can be written, and on a file system
 * without locks.
 */
export function lockFile(path: string, patienceMs: number): (() => void) | "taken" | "impossible" {
  let lock: Database | undefined;
  try {
    mkdirSync(dirname(path), { recursive: true, mode: PRIVATE_FOLDER });
    lock = new Database(path, { create: true });
    chmodSync(path, PRIVATE_FILE);
    lock.run(`pragma busy_timeout = ${patienceMs}`);
    lock.run("begin exclusive"); // nothing is ever written: SQLite knows how to lock on every system
    const held = lock;
    return () => held.close();
  } catch (error) {
    lock?.close();
    return (error as { code?: unknown }).code === "SQLITE_BUSY" ? "taken" : "impossible";
  }
}

/**
 * Lets one process at a time change a file that is read, edited and written again: of two at once, one would undo the other.
 * Its lock is `PATH.lock`; where none is possible, the work finds what is wrong. Throws `conflict` when another changes the file
 * for longer than `patienceMs`.
 *
 * @example withFileLock("profiles.toml", () => write(edit(read())));
 */
export function withFileLock<T>(path: string, work: () => T, patienceMs = PATIENCE_MS): T {
  const lock = lockFile(`${path}.lock`, patienceMs);
  if (lock === "taken")
    throw new OrchError("conflict", `Another orch is changing '${path}': try again when it has ended.`);
  try {
    return work();
  } finally {
    if (lock !== "impossible") lock();
  }
}
