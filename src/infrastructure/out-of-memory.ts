// Tells whether a killed process may have been ended by the system for lack of memory. Linux counts these kills for the whole
// machine, and does not say which processes they were.
import { readFileSync } from "node:fs";

/** How many processes the system has ended for lack of memory since it was started; 0 where nothing is known. */
function outOfMemoryKills(): number {
  try {
    return Number(/^oom_kill (\d+)$/m.exec(readFileSync("/proc/vmstat", "latin1"))?.[1] ?? 0);
  } catch {
    return 0; // a system without /proc
  }
}

/**
 * Call it when a job starts. What it returns is asked when the job was killed: true if there was such a kill meanwhile, and
 * no other job's end is explained by it.
 *
 * @example
 * const noteStart = outOfMemoryWatch();
 * const wasShort = noteStart();
 * if (code === -9 && wasShort()) console.log("out of memory, probably");
 */
export function outOfMemoryWatch(kills: () => number = outOfMemoryKills): () => () => boolean {
  let explained = 0;
  return () => {
    const before = kills();
    return () => {
      const from = Math.max(before, explained);
      if (kills() <= from) return false;
      explained = from + 1;
      return true;
    };
  };
}
