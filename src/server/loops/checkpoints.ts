// Moves the write-ahead log into the database file when nothing else is going on, so that no request pays for it.
import { createLoop, type Loop } from "#lib/loop.ts";
import type { RouteContext } from "../slow-reads/slow-reads.ts";
import { logFailure } from "./failures.ts";

const PAUSE_MS = 1_000;

export function createCheckpoints({ db, clock, slowReads, log }: RouteContext): Loop {
  return createLoop({
    clock,
    delay: () => PAUSE_MS,
    // Moving the whole log would wait for a read that is under way.
    runOnce: () => {
      if (!slowReads.isBusy()) db.checkpointIfIdle();
    },
    onError: logFailure(log, "The write-ahead log could not be moved"),
  });
}
