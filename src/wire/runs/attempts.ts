// Names the execution of a flow run that a call comes from. A route of the API refuses it with 410 and the code
// `no_longer_yours` once the run was taken from that execution. Calls without the header are never refused for it.
import { parseId } from "#lib/ids.ts";

/**
 * `FLOW_RUN_ID/TOKEN`. The token is made by what claims the run (it proposes PENDING) and is sent with every call about it
 * from then on. `/TOKEN` with the creation of a run: the caller executes what it creates.
 */
export const ATTEMPT_HEADER = "x-orch-attempt";

export interface Attempt {
  /** Null with the creation of the run. */
  flowRunId: string | null;
  token: string;
}

const SHAPE = /^([0-9a-fA-F-]{0,36})\/([\w-]{1,100})$/;

/** The value of the header. */
export function attemptText({ flowRunId, token }: Attempt): string {
  return `${flowRunId ?? ""}/${token}`;
}

/** `undefined` for a text that is none. */
export function parseAttempt(text: string): Attempt | undefined {
  const [, id, token] = SHAPE.exec(text) ?? [];
  if (id === undefined || token === undefined) return undefined;
  if (id === "") return { flowRunId: null, token };
  const flowRunId = parseId(id);
  return flowRunId === null ? undefined : { flowRunId, token };
}
