// Keeps the copies of scripts that are used, and removes the others.
import { readdirSync, rmSync, statSync, utimesSync } from "node:fs";
import { join } from "node:path";

const UNUSED_MS = 30 * 24 * 60 * 60 * 1000;

/** Where the copies of a home lie, each in a folder. */
export function copiesIn(home: string): string {
  return join(home, "cache", "scripts");
}

/** Its folder has the time of the last use. */
export function noteUse(folder: string, now = new Date()): void {
  utimesSync(folder, now, now);
}

/** Removes copies that were not used for 30 days, and drafts of processes that were killed. */
export function removeUnused(home: string, now = Date.now()): void {
  const place = copiesIn(home);
  for (const name of readdirSync(place)) {
    const path = join(place, name);
    const stats = statSync(path, { throwIfNoEntry: false }); // another run may remove it too
    if (stats && now - stats.mtimeMs > UNUSED_MS) rmSync(path, { recursive: true, force: true });
  }
}
