// Notes who needs a snapshot. Its folder's time is when it was last wanted; a note says that a server elsewhere uses it,
// whose deployments the server of this home cannot know.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { readServerNote } from "#client/server-note.ts";
import { systemClock } from "#lib/clock.ts";
import { PRIVATE_FILE, PRIVATE_FOLDER } from "#lib/files/private.ts";

const SNAPSHOT = /\/snapshots\/[0-9a-f]{64}$/;
const NOTES = ".elsewhere";

/** Keeps the snapshot from being collected for a while. False when it is not there. */
export function touchSnapshot(path: string): boolean {
  try {
    const now = systemClock.now() / 1000;
    utimesSync(path, now, now);
    return true;
  } catch {
    return existsSync(path); // of another user, who keeps it
  }
}

/** Call it before a deployment with this path is registered with the API described: an address, or this process. */
export function noteSnapshotUse(path: string | null, api: string): void {
  if (path === null || !SNAPSHOT.test(path) || !touchSnapshot(path)) return;
  const snapshots = dirname(path);
  if (isOfHome(dirname(dirname(snapshots)), api)) return;
  mkdirSync(join(snapshots, NOTES), { recursive: true, mode: PRIVATE_FOLDER });
  const name = `${basename(path)}.${new Bun.CryptoHasher("sha256").update(api).digest("hex").slice(0, 16)}`;
  writeFileSync(join(snapshots, NOTES, name), api, { mode: PRIVATE_FILE });
}

/** By its server's own note where the storage lies in a home; otherwise it may be anybody's. */
function isOfHome(home: string, api: string): boolean {
  if (!URL.canParse(api)) return true;
  const note = readServerNote(home);
  return note !== undefined && api.replace(/\/+$/, "") === `${note.url}/api`;
}

export interface UseElsewhere {
  /** The snapshot's name. */
  snapshot: string;
  api: string;
  forget(): void;
}

export function usesElsewhere(snapshots: string): UseElsewhere[] {
  const folder = join(snapshots, NOTES);
  if (!existsSync(folder)) return [];
  return readdirSync(folder).map((name) => ({
    snapshot: name.replace(/\..*$/, ""),
    api: readFileSync(join(folder, name), "utf8"),
    forget: () => rmSync(join(folder, name), { force: true }),
  }));
}
