// Ends the job of a run, however long the place where it executes is away: a job that is left alone would go on unseen.
import type { Infrastructures, Killed, RunningJob } from "#infrastructure/infrastructure.ts";
import type { Clock } from "#lib/clock.ts";
import { messageOf } from "#lib/errors.ts";

export interface EndingOptions {
  infrastructure: Infrastructures;
  clock: Clock;
  say: (line: string) => void;
}

/** Between two tries to reach the place. */
const RETRY_MS = 5_000;

/** Undefined once `over`: it has ended, or it is no more this agent's to end. Never rejects. */
export async function insistOnEnd(
  { infrastructure, clock, say }: EndingOptions,
  name: string,
  job: RunningJob,
  graceSeconds: number,
  over: AbortSignal,
): Promise<Killed | undefined> {
  for (let isSaid = false; !over.aborted; isSaid = true) {
    try {
      return await infrastructure.kill(job, graceSeconds);
    } catch (error) {
      if (!isSaid) say(`The job of flow run '${name}' could not be ended: ${messageOf(error)} It is tried again.`);
    }
    await clock.sleep(RETRY_MS, over);
  }
  return undefined;
}
