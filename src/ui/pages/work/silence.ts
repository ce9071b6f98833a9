// Says whether anything asks a queue for work, by the server's rule, and when that has to be read again.
import { AGENT_SILENCE_MS } from "#lib/time/agent-silence.ts";
import { toMillis } from "#lib/time/timestamps.ts";

/** Whether nothing listens to a pool or queue, by the server's rule. `at`: when that was read; what was asked since is not known. */
export function isSilent(lastPolled: string | null, at: number): boolean {
  return lastPolled === null || toMillis(lastPolled) + AGENT_SILENCE_MS < at;
}

/** When the first of these queues may have lost its agents: the page reads it again then, and only after that shows "No agent". */
export function nextSilence(lastPolls: readonly (string | null)[], readAt: number): number | undefined {
  const ends = lastPolls.flatMap((at) =>
    at === null || isSilent(at, readAt) ? [] : [toMillis(at) + AGENT_SILENCE_MS],
  );
  return ends.length === 0 ? undefined : Math.min(...ends) + 1;
}
