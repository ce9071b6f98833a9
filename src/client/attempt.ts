// Makes the calls of one execution of a flow run: each carries the execution's token, and a refusal says that the run was
// taken from it.
import { OrchError } from "#lib/errors.ts";
import { ATTEMPT_HEADER } from "#wire/runs/attempts.ts";
import type { Client } from "./client.ts";

/**
 * A client whose calls carry `attempt` (`FLOW_RUN_ID/TOKEN`). `onTaken` gets the server's sentence when a call is refused for
 * it, and is waited for before the call throws.
 */
export function attemptClient(
  client: Client,
  attempt: string,
  onTaken: (sentence: string) => void | Promise<void>,
): Client {
  return {
    description: client.description,
    async call(endpoint, input, options) {
      try {
        const headers = { ...options?.headers, [ATTEMPT_HEADER]: attempt };
        return await client.call(endpoint, input, { ...options, headers });
      } catch (error) {
        if (isNoLongerYours(error)) await onTaken(error.message);
        throw error;
      }
    },
  };
}

/** The run was taken from the execution that called. */
export function isNoLongerYours(error: unknown): error is OrchError {
  return error instanceof OrchError && error.code === "no_longer_yours";
}
