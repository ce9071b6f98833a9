// Names files that are on their way here, and removes those that a download left when its process was killed.
import { readdir, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { systemClock } from "#lib/clock.ts";
import { newId } from "#lib/ids.ts";

const DRAFT = /^\.orch-[0-9a-f-]{36}\.part$/;
/** A download that goes on writes far more often. */
const ABANDONED_MS = 60 * 60 * 1000;

/** A path beside `path`, of another name with each call. */
export function draftOf(path: string): string {
  return join(dirname(path), `.orch-${newId()}.part`);
}

/** What cannot be removed stays: it disturbs nothing. A folder that is not there has none. */
export async function removeAbandonedDrafts(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names) {
    if (!DRAFT.test(name)) continue;
    const path = join(folder, name);
    const changed = await stat(path).then(
      ({ mtimeMs }) => mtimeMs,
      () => Number.POSITIVE_INFINITY,
    );
    if (systemClock.now() - changed > ABANDONED_MS) await rm(path, { force: true }).catch(() => {});
  }
}
