// Ends the wait for an API that has never answered at its address: another program is there, or no machine has the name.
import type { Clock } from "#lib/clock.ts";
import { messageOf, OrchError } from "#lib/errors.ts";
import type { Client } from "./client.ts";
import { isMisaddressed } from "./transport.ts";

export interface FirstAnswerOptions {
  clock: Clock;
  /** For a server, a proxy and a name that start at the same time. */
  seconds: number;
}

/**
 * A client whose calls throw `invalid` instead of `unavailable` where the address is wrong, from `seconds` after the first such
 * call on, so that callers stop to retry. After the first answer of the API each call may wait again.
 */
export function expectingFirstAnswer(client: Client, { clock, seconds }: FirstAnswerOptions): Client {
  let began: number | undefined;
  let isReached = false;
  return {
    description: client.description,
    async call(endpoint, input, options) {
      try {
        const answer = await client.call(endpoint, input, options);
        isReached = true;
        return answer;
      } catch (error) {
        if (isReached || !(error instanceof OrchError) || !isMisaddressed(error)) throw error;
        began ??= clock.elapsed();
        if (clock.elapsed() - began < seconds * 1000) throw error;
        throw new OrchError("invalid", messageOf(error), { cause: error.cause });
      }
    },
  };
}
