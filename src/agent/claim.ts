// Claims a flow run for an agent: of several that ask, exactly one gets it. The claim makes the token by which everything that
// the agent and the process of the run say is known as theirs.
import type { Client } from "#client/client.ts";
import { Pending } from "#domain/states.ts";
import { newId } from "#lib/ids.ts";
import { ATTEMPT_HEADER, attemptText } from "#wire/runs/attempts.ts";
import { type QueuedFlowRun, setFlowRunState } from "#wire/runs/flow-runs.ts";
import { HEARTBEAT_HEADER } from "#wire/runs/heartbeats.ts";
import type { ServerLink } from "./server-link.ts";

export interface ClaimOptions {
  client: Client;
  link: ServerLink;
  /** What the claims of this agent say to people. */
  claimMessage: string;
}

/** A run that this agent has claimed. */
export interface Claim {
  run: QueuedFlowRun;
  /** Names this execution of the run. Agent and engine send it with every call about the run. */
  token: string;
}

/** Null when the run is another agent's. Safe to repeat: with its token a claim is accepted again. */
export async function claim({ client, link, claimMessage }: ClaimOptions, run: QueuedFlowRun): Promise<Claim | null> {
  const token = newId();
  const body = { state: Pending({ message: claimMessage }) };
  const headers = { [HEARTBEAT_HEADER]: "1", [ATTEMPT_HEADER]: attemptText({ flowRunId: run.id, token }) };
  const { status, state } = await link.insist((options) =>
    client.call(setFlowRunState, { params: { id: run.id }, body }, { ...options, headers }),
  );
  return status === "ACCEPT" && state?.type === "PENDING" ? { run, token } : null;
}
