// Reaps what nothing else does in a container whose first process is orch: processes that lost their parent become its children,
// and stay as zombies when they have ended.
import { readdirSync } from "node:fs";
import type { Clock } from "../clock.ts";
import { createLoop, type Service } from "../loop.ts";
import { openCLibrary } from "./c-library.ts";
import { hasEnded, statOf } from "./process-stat.ts";

const LOOK_MS = 1_000;
/** Fields of `statOf`. */
const PARENT = 1;
const START = 19;
const WITHOUT_WAITING = 1;

/**
 * Looks every second for children of `parent`, this process, that have ended. Bun reaps those it has started in the same moment, and
 * needs to learn how they ended: so only what is seen twice is reaped here. Does nothing where there is no C library or no /proc.
 */
export async function startReaping(clock: Clock, parent: number): Promise<Service> {
  const library = process.platform === "linux" ? await openCLibrary(WAITPID) : undefined;
  let seen = new Set<string>();
  const loop = createLoop({
    clock,
    delay: () => LOOK_MS,
    runOnce() {
      const ended = endedChildren(parent);
      for (const { pid, key } of ended) if (seen.has(key)) library?.symbols.waitpid(pid, null, WITHOUT_WAITING);
      seen = new Set(ended.map(({ key }) => key));
    },
    onError: () => {}, // a process that went away meanwhile
  });
  if (library) loop.start();
  return loop;
}

const WAITPID = { waitpid: { args: ["i32", "ptr", "i32"], returns: "i32" } } as const;

/** `key`: a number of a process is used again, together with the time of its start it is not. */
function endedChildren(parent: number): { pid: number; key: string }[] {
  return readdirSync("/proc").flatMap((entry) => {
    const stat = /^\d+$/.test(entry) ? statOf(entry) : [];
    return hasEnded(stat) && Number(stat[PARENT]) === parent
      ? [{ pid: Number(entry), key: `${entry}:${stat[START]}` }]
      : [];
  });
}
