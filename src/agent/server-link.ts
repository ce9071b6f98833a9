// The server as an agent sees it: it may be away. That is said once, waited for, and said again when it is back.
import type { Clock } from "#lib/clock.ts";
import { isUnavailable, PATIENCE_SECONDS, patiently } from "#lib/patience.ts";

export interface ServerLink {
  /** One try. Notices a server that is away, or back. */
  attempt<T>(call: () => Promise<T>): Promise<T>;
  /** Tries until the server answers; what it refuses is thrown. */
  insist<T>(call: () => Promise<T>): Promise<T>;
}

export interface ServerLinkOptions {
  clock: Clock;
  /** For people: where the server is. */
  where: string;
  say: (line: string) => void;
  /** Ends all patience. */
  giveUp: AbortSignal;
}

export function createServerLink({ clock, where, say, giveUp }: ServerLinkOptions): ServerLink {
  let away = false;

  async function attempt<T>(call: () => Promise<T>): Promise<T> {
    try {
      const answer = await call();
      if (away) say(`The server at ${where} is back.`);
      away = false;
      return answer;
    } catch (error) {
      if (isUnavailable(error) && !giveUp.aborted) {
        if (!away) say(`Lost the server at ${where}. Waiting for it to come back; runs under way go on.`);
        away = true;
      }
      throw error;
    }
  }

  return {
    attempt,
    insist: (call) => patiently({ clock, seconds: PATIENCE_SECONDS, signal: giveUp }, () => attempt(call)),
  };
}
