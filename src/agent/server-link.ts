// Calls the server and waits while it is unreachable: logs this once, and once more when it is back.
import { isMisaddressed } from "#client/transport.ts";
import type { Clock } from "#lib/clock.ts";
import { messageOf, OrchError } from "#lib/errors.ts";
import { callUntilAvailable, isUnavailable, type RetriedCall, retryUntilAvailable } from "#lib/retry.ts";
import { isAnswer } from "#wire/problems.ts";

export interface ServerLink {
  /** One try. Notices a server that is away, or back. */
  attempt<T>(call: () => Promise<T>): Promise<T>;
  /** Tries until the server answers, or until `over`; what it refuses is thrown. */
  insist<T>(call: (options: RetriedCall) => Promise<T>, over?: AbortSignal): Promise<T>;
  /**
   * The first call of all: waits for a server that is not there yet for as long as it takes, or until `signal`; with
   * `briefly` for seconds. Throws what the server refuses, and within seconds where waiting does not help: the address
   * names no machine.
   */
  reach<T>(call: () => Promise<T>, options: { signal: AbortSignal; briefly: boolean }): Promise<T>;
}

export interface ServerLinkOptions {
  clock: Clock;
  /** For people: where the server is. */
  where: string;
  say: (line: string) => void;
  /** Ends all patience. */
  giveUp: AbortSignal;
}

/** Time for a server, and for the name of its machine, that start together with the agent. */
const TOGETHER_SECONDS = 2;

export function createServerLink({ clock, where, say, giveUp }: ServerLinkOptions): ServerLink {
  let away = false;
  /** While the first answer of all is waited for. */
  let isFirst = false;

  async function attempt<T>(call: () => Promise<T>): Promise<T> {
    try {
      const answer = await call();
      if (away) say(`The server at ${where} is ${isFirst ? "there" : "back"}.`);
      away = false;
      isFirst = false;
      return answer;
    } catch (error) {
      const isToEnd = isFirst && isMisaddressed(error); // `reach` ends soon with the same sentence
      if (isUnavailable(error) && !giveUp.aborted && !isToEnd) {
        if (!away) say(isFirst ? `${messageOf(error)} Waiting for it; Ctrl-C ends the wait.` : lost(error));
        away = true;
      }
      throw error;
    }
  }

  /** A server that answers and cannot work says why. */
  function lost(error: unknown): string {
    const reason = isAnswer(error) ? messageOf(error) : `Lost the server at ${where}.`;
    return `${reason} Waiting for it to come back; runs under way go on.`;
  }

  function reach<T>(
    call: () => Promise<T>,
    { signal, briefly }: { signal: AbortSignal; briefly: boolean },
  ): Promise<T> {
    isFirst = !briefly;
    const began = clock.elapsed();
    const isLate = () => clock.elapsed() - began >= TOGETHER_SECONDS * 1000;
    const patience = { clock, signal, seconds: briefly ? TOGETHER_SECONDS : Number.POSITIVE_INFINITY };
    return retryUntilAvailable(patience, async () => {
      try {
        return await (briefly ? call() : attempt(call));
      } catch (error) {
        if (isMisaddressed(error) && isLate()) throw new OrchError("invalid", messageOf(error), { cause: error });
        throw error;
      }
    });
  }

  return {
    attempt,
    insist(call, over) {
      const signal = over ? AbortSignal.any([giveUp, over]) : giveUp;
      return callUntilAvailable({ clock, signal }, (options) => attempt(() => call(options)));
    },
    reach,
  };
}
