// Becomes the parent of orphans, as the first process of a container does, and prints what became of them and of its own child.

import { systemClock } from "#lib/clock.ts";
import { openCLibrary } from "#lib/process/c-library.ts";
import { startReaping } from "#lib/process/orphans.ts";
import { hasEnded, statOf } from "#lib/process/process-stat.ts";

const BECOME_SUBREAPER = 36;
const library = await openCLibrary({ prctl: { args: ["i32", "u64", "u64", "u64", "u64"], returns: "i32" } });
library?.symbols.prctl(BECOME_SUBREAPER, 1, 0, 0, 0);

/** A process whose parent has ended before it. */
async function orphan(): Promise<string> {
  const shell = Bun.spawn(["sh", "-c", "sleep 0.2 >/dev/null & echo $!"], { stdout: "pipe" });
  return (await new Response(shell.stdout).text()).trim();
}

async function until(look: () => boolean): Promise<void> {
  while (!look()) await systemClock.sleep(20);
}

const first = await orphan();
await until(() => hasEnded(statOf(first)));
const isLeft = statOf(first).length > 0; // without the reaping it stays
const reaping = await startReaping(systemClock, process.pid);
const own = Array.from({ length: 20 }, (_, code) => Bun.spawn(["sh", "-c", `sleep 0.${code}; exit ${code}`]));
const second = await orphan();
await until(() => statOf(first).length === 0 && statOf(second).length === 0);
const codes = await Promise.all(own.map((child) => child.exited));
await reaping.stop();
console.log(JSON.stringify({ isLeft, codes }));
