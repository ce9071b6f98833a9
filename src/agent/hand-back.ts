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

/** Less than service managers and containers give a program to end. */
const PATIENCE_MS = 20_000;
/** Runs that are due within this time are left to begin, as after a restart of the server. */
const SOON_MS = 3_000;
/** So long before its time a run has surely not begun. */
const MARGIN_MS = 1_000;

export function createHandingBack({ client, clock, link, shortage, say }: HandingBackOptions): HandingBack {
  function isWaiting({ run, hasProcess }: InCare): boolean {
    const due = run.next_scheduled_start_time;
    return (due !== null && toMillis(due) > clock.now()) || (shortage.isShort() && !hasProcess());
  }

  const waiting = (runs: Iterable<InCare>) => [...runs].filter(isWaiting);

  /** Until the run is given up when the server does not answer. */
  function patienceWith({ run }: InCare): number {
    const due = run.next_scheduled_start_time;
    const left = due === null ? 0 : toMillis(due) - clock.now();
    return left > SOON_MS ? Math.min(PATIENCE_MS, left - MARGIN_MS) : PATIENCE_MS;
  }

  /** Ends those whose time has nearly come, and that have not begun, until `answered`; `over` is aborted with the last of all. */
  async function abandonInTime(runs: InCare[], answered: AbortSignal, over: AbortController): Promise<InCare[]> {
    const abandoned = runs.map(async (run): Promise<InCare[]> => {
      await clock.sleep(patienceWith(run), answered);
      if (answered.aborted || !isWaiting(run)) return [];
      run.abandon();
      return [run];
    });
    const all = (await Promise.all(abandoned)).flat();
    over.abort();
    return all;
  }

  function sayAbandoned(runs: InCare[]): void {
    if (runs.length === 0) return;
    const names = runs.map(({ run }) => `'${run.name}'`).join(", ");
    const why = "the server does not answer. It finds them when their heartbeats are missing";
    say(`${runs.length} flow run(s) that had not begun could not be handed back: ${names}; ${why}.`);
  }

  return {
    waiting,
    async offer(runs) {
      const offered = waiting(runs);
      if (offered.length === 0) return [];
      for (const run of offered) run.setOffered(true);
      const body = { attempts: Object.fromEntries(offered.map(({ run, token }) => [run.id, token])) };
      const [answered, over] = [new AbortController(), new AbortController()];
      const abandoning = abandonInTime(offered, answered.signal, over);
      const answer = await link
        .insist((again) => client.call(handBackRuns, { body }, again), over.signal)
        .catch(() => undefined); // a server that does not know the call or does not answer, or the agent has to end now
      answered.abort();
      const abandoned = await abandoning;
      if (!answer) sayAbandoned(abandoned);
      const [taken, lost] = [new Set(answer?.handed_back), new Set(answer?.no_longer_yours)];
      const back = offered.filter(({ run }) => taken.has(run.id));
      for (const run of back) run.lose("It was handed back.");
      const others = offered.filter((one) => !taken.has(one.run.id) && !abandoned.includes(one));
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
