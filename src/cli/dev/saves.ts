// Turns what is saved into passes: a moment after the last of many saves, and one after the other.
import { join } from "node:path";
import type { Clock } from "#lib/clock.ts";
import { messageOf } from "#lib/errors.ts";
import { createLoop, type Service } from "#lib/loop.ts";
import { IGNORE_FILES } from "#project/packing/ignore.ts";
import type { Follower } from "./follow.ts";
import { type FolderWatch, watchFolder } from "./watch.ts";

/** An editor writes and renames, a branch is changed, many files are formatted: all of that is one save. */
const QUIET_MS = 100;
/** A folder that changes all the time is deployed all the same. */
const MOST_MS = 1_000;
const ONE_DAY_MS = 86_400_000;

export interface SavesOptions {
  folder: string;
  clock: Clock;
  follower: Follower;
  /** The folders to leave alone; asked again when an ignore file changes. */
  skips: () => (path: string) => boolean;
  log: (sentence: string) => void;
}

/** The first pass takes everything up. */
export function createSaves({ folder, clock, follower, skips, log }: SavesOptions): Service {
  let watched: FolderWatch | undefined;
  let changed = new Set<string>();
  let lastChange = 0;
  const stopping = new AbortController();

  const onChange = (path: string) => {
    changed.add(path);
    lastChange = clock.elapsed();
    loop.wake();
  };

  function watchAgain(): void {
    watched?.close();
    watched = watchFolder({ folder, skips: skips(), onChange, onTrouble: log });
  }

  async function quiet(): Promise<void> {
    const latest = clock.elapsed() + MOST_MS;
    for (;;) {
      const left = Math.min(lastChange + QUIET_MS, latest) - clock.elapsed();
      if (left <= 0 || stopping.signal.aborted) return;
      await clock.sleep(left, stopping.signal);
    }
  }

  const loop = createLoop({
    clock,
    // Only a save calls for a pass.
    delay: () => ONE_DAY_MS,
    async runOnce() {
      const isFirst = watched === undefined;
      if (isFirst) watchAgain();
      else if (changed.size === 0) return;
      else await quiet();
      if (stopping.signal.aborted) return;
      watched?.rescan();
      const taken = changed;
      changed = new Set();
      if ([...taken].some((path) => isIgnoreFile(path))) watchAgain();
      await (isFirst ? follower.pass() : follower.pass(taken));
      watched?.follow(follower.files());
    },
    onError: (error) => log(messageOf(error)),
  });

  function isIgnoreFile(path: string): boolean {
    return IGNORE_FILES.some((name) => path === join(folder, name));
  }

  return {
    start: loop.start,
    async stop() {
      stopping.abort();
      await loop.stop();
      watched?.close();
    },
  };
}
