// Lets one process at a time change a file that is read, edited and written again: of two at once, one would undo the other.
import { closeSync, mkdirSync, openSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { PRIVATE_FILE, PRIVATE_FOLDER } from "./private.ts";

const PAUSE_MS = 5;
/** An edit takes milliseconds: who holds the lock for longer was killed. */
const PATIENCE_MS = 2_000;

/**
 * Does the work while `PATH.lock` is ours. Where no lock can be made, as on a read-only disk, it does the work without one: the
 * write says what is wrong.
 *
 * @example withFileLock("profiles.toml", () => write(edit(read())));
 */
export function withFileLock<T>(path: string, work: () => T): T {
  const lock = `${path}.lock`;
  const isHeld = take(lock);
  try {
    return work();
  } finally {
    if (isHeld) rmSync(lock, { force: true });
  }
}

function take(lock: string): boolean {
  for (let waited = 0; ; waited += PAUSE_MS) {
    try {
      mkdirSync(dirname(lock), { recursive: true, mode: PRIVATE_FOLDER });
      closeSync(openSync(lock, "wx", PRIVATE_FILE));
      return true;
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) return false;
      if (waited >= PATIENCE_MS) return true; // its holder is gone, and the lock is ours to remove
      Bun.sleepSync(PAUSE_MS);
    }
  }
}
