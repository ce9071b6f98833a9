// Ends a process whose flow run was taken from it: at once, with what its run has started, so that no more of the user's code
// runs beside the new execution. Loaded when the server says so.
import { writeSync } from "node:fs";
import { groupOfRun, membersOf, signalled } from "#lib/process/process-group.ts";

const STDOUT = 1;
const EXIT_CODE = 1;
const GRACE_MS = 1_000;
const LOOK_MS = 20;

/** Waits without letting anything else run: neither flow code nor handlers of an exit. */
export function endStale(sentence: string): never {
  try {
    writeSync(STDOUT, `${sentence} This process ends.\n`);
  } catch {
    // Its reader is gone.
  }
  const group = groupOfRun();
  if (group !== undefined) endOthers(group);
  process.reallyExit(EXIT_CODE);
}

/** Asks them to end, and ends them hard when they have not within a second. */
function endOthers(group: number): void {
  const others = () => membersOf(group)?.filter((pid) => pid !== process.pid);
  signalled(-group, "SIGTERM"); // this process handles it, later than ever
  for (let waited = 0; waited < GRACE_MS && others()?.length !== 0; waited += LOOK_MS) Bun.sleepSync(LOOK_MS);
  for (const pid of others() ?? [-group]) signalled(pid, "SIGKILL");
}
