// Hands runs back that an agent has claimed and that have not begun, so that another one takes them on time.
import type { Client } from "#client/client.ts";
import type { Clock } from "#lib/clock.ts";
import { toMillis } from "#lib/time/timestamps.ts";
import { handBackRuns } from "#wire/pools/agents.ts";
import type { InCare } from "./flow-run.ts";
import type { ServerLink } from "./server-link.ts";
import type { Shortage } from "./shortage.ts";

export interface HandingBackOptions {
  client: Client;
  clock: Clock;
  link: ServerLink;
  shortage: Shortage;
  say: (line: string) => void;
}

export interface HandingBack {
  /** Of these runs, those that are not due yet, or wait for the machine. */
  waiting(runs: Iterable<InCare>): InCare[];
  /** Hands these runs back. Returns those that the server refused, because they have begun meanwhile. Never rejects. */
  offer(runs: Iterable<InCare>): Promise<InCare[]>;
}

export function createHandingBack({ client, clock, link, shortage, say }: HandingBackOptions): HandingBack {
  function isWaiting({ run, hasProcess }: InCare): boolean {
    const due = run.next_scheduled_start_time;
    return (due !== null && toMillis(due) > clock.now()) || (shortage.isShort() && !hasProcess());
  }

  const waiting = (runs: Iterable<InCare>) => [...runs].filter(isWaiting);

  return {
    waiting,
    async offer(runs) {
      const offered = waiting(runs);
      if (offered.length === 0) return [];
      for (const run of offered) run.setOffered(true);
      const body = { attempts: Object.fromEntries(offered.map(({ run, token }) => [run.id, token])) };
      const answer = await link.insist((again) => client.call(handBackRuns, { body }, again)).catch(() => undefined); // a server that does not know the call, or the agent has to end now
      const [taken, lost] = [new Set(answer?.handed_back), new Set(answer?.no_longer_yours)];
      const back = offered.filter(({ run }) => taken.has(run.id));
      for (const run of back) run.lose("It was handed back.");
      const others = offered.filter(({ run }) => !taken.has(run.id));
      for (const run of others) run.setOffered(false);
      // As when its schedule was paused meanwhile.
      for (const { run, lose } of others)
        if (lost.has(run.id)) lose(`Flow run '${run.name}' is no longer this agent's.`);
      const names = back.map(({ run }) => `'${run.name}'`).join(", ");
      if (back.length > 0)
        say(`Handed back ${back.length} flow run(s) that had not begun: ${names}. Any agent may take them.`);
      return others.filter(({ run }) => !lost.has(run.id));
    },
  };
}
