// Ends what a run has started, when its agent is gone and nothing else would.
import type { Clock } from "#lib/clock.ts";
import { groupOfRun, membersOf, signalled } from "#lib/process/process-group.ts";

const GRACE_MS = 3_000;
const LOOK_MS = 50;

/**
 * Asks the other processes of the run's group to end, and ends them hard when they have not within some seconds. Resolves when
 * they are gone. This process has to ignore SIGTERM meanwhile.
 */
export async function endGroup(clock: Clock): Promise<void> {
  const group = groupOfRun();
  if (group === undefined) return;
  signalled(-group, "SIGTERM");
  const others = () => membersOf(group)?.filter((pid) => pid !== process.pid) ?? [];
  const deadline = clock.elapsed() + GRACE_MS;
  while (others().length > 0 && clock.elapsed() < deadline) await clock.sleep(LOOK_MS);
  for (const pid of others()) signalled(pid, "SIGKILL");
}
