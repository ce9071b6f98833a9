// Leaves the note of a server in its home, so that commands of the same home find it, and removes it.
import { rmSync } from "node:fs";
import { readServerNote, type ServerNote, serverNotePath } from "#client/server-note.ts";
import type { Clock } from "#lib/clock.ts";
import { messageOf } from "#lib/errors.ts";
import { writeWhole } from "#lib/files/fsync.ts";
import { PRIVATE_FILE } from "#lib/files/private.ts";
import { createLoop, type Service } from "#lib/loop.ts";

/** Throws a sentence where it cannot be written. */
export function noteServer(home: string, url: string): void {
  const note: ServerNote = { url, pid: process.pid };
  writeWhole(serverNotePath(home), JSON.stringify(note), { mode: PRIVATE_FILE });
}

/** How often a note is tried that a full disk did not take. */
const AGAIN_MS = 2_000;

/** Writes the note, again and again until that succeeds: the server works without it. The first failure is logged. */
export function createNoting(home: string, url: string, clock: Clock, log: (line: string) => void): Service {
  let isNoted = false;
  let isSaid = false;
  const loop = createLoop({
    clock,
    delay: () => (isNoted ? Number.MAX_SAFE_INTEGER : AGAIN_MS),
    async runOnce() {
      if (!isNoted) noteServer(home, url);
      isNoted = true;
    },
    onError(error) {
      if (!isSaid)
        log(`${messageOf(error)} Until then commands of this home need the address: ORCH_API_URL=${url}/api`);
      isSaid = true;
    },
  });
  return {
    start: loop.start,
    async stop() {
      forgetServer(home);
      await loop.stop();
      forgetServer(home);
    },
  };
}

/** Removes our own note only: another server may have taken over the home. */
export function forgetServer(home: string): void {
  if (readServerNote(home)?.pid === process.pid) rmSync(serverNotePath(home), { force: true });
}
