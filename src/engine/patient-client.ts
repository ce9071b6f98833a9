// A client for user code in a run: a server that is away is waited for, and calls end when the process has to.
import type { Client } from "#client/client.ts";
import { patient } from "#lib/patience.ts";
import type { Session } from "./session.ts";

export function patientClient(session: Pick<Session, "client" | "clock" | "signal">): Client {
  const { client } = session;
  return {
    description: client.description,
    call: (endpoint, input, options) =>
      patient(session, (given) => client.call(endpoint, input, { ...given, ...options })),
  };
}
