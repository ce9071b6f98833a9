// A client for user code in a run: calls are retried while the server is unreachable, until the process has to end.
import type { Client } from "#client/client.ts";
import { callUntilAvailable } from "#lib/retry.ts";
import type { Session } from "./session.ts";

export function retryingClient(session: Pick<Session, "client" | "clock" | "signal">): Client {
  const { client } = session;
  return {
    description: client.description,
    call: (endpoint, input, options) =>
      callUntilAvailable(session, (given) => client.call(endpoint, input, { ...given, ...options })),
  };
}
