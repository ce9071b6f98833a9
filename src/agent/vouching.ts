// Decides for which runs an agent sends heartbeats: not for one that it has not seen for minutes.

import { isNoLongerYours } from "#client/attempt.ts";
import type { Unseen } from "#infrastructure/infrastructure.ts";
import type { Clock } from "#lib/clock.ts";
import { messageOf } from "#lib/errors.ts";
import type { Settings } from "#settings/table.ts";
import type { InCare } from "./flow-run.ts";
import type { ServerLink } from "./server-link.ts";

/** As long as clusters wait for a node that does not answer. */
const MOST_UNSEEN_MS = 300_000;

export interface VouchingOptions {
  clock: Clock;
  settings: Pick<Settings, "ORCH_LOGGING_TO_API_ENABLED">;
  link: ServerLink;
  say: (line: string) => void;
}

/**
 * Of these runs, those that the agent sees, or saw minutes ago. The others must send heartbeats themselves: the server ends them when they
 * are silent. The agent prints this once for each run, and adds it to the log of the run.
 */
export function createVouching({ clock, settings, link, say }: VouchingOptions): (runs: Iterable<InCare>) => InCare[] {
  const left = new WeakSet<InCare>();

  async function tell({ run, client }: InCare, { reason }: Unseen): Promise<void> {
    const minutes = MOST_UNSEEN_MS / 60_000;
    const sentence = `Nothing has been seen of flow run '${run.name}' for ${minutes} minutes: ${reason} If it sends no heartbeat itself, it counts as lost.`;
    say(sentence);
    if (!settings.ORCH_LOGGING_TO_API_ENABLED) return;
    const call: typeof client.call = (endpoint, input) => link.insist((again) => client.call(endpoint, input, again));
    const { completeLog } = await import("./last-words.ts");
    await completeLog({ runId: run.id, call, clock, logFile: undefined, printed: null, reason: sentence });
  }

  return (runs) =>
    [...runs].filter((one) => {
      const unseen = one.unseen();
      if (unseen === undefined || clock.elapsed() - unseen.since < MOST_UNSEEN_MS) {
        left.delete(one);
        return true;
      }
      if (left.has(one)) return false;
      left.add(one);
      void tell(one, unseen).catch((error) => {
        if (!isNoLongerYours(error))
          say(`The log of flow run '${one.run.name}' could not be completed: ${messageOf(error)}`);
      });
      return false;
    });
}
