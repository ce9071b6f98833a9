// Gives a run that was claimed and has not begun back: it is again what it was before the claim, and any agent may take it.
import type { Tx } from "#db/connect.ts";
import { isClaimedBy } from "../attempts/store.ts";
import { forgetInfrastructure } from "../flow-runs/store.ts";
import { forgetHeartbeats } from "../heartbeats/store.ts";
import type { OrchestrationContext } from "../kernel/context.ts";
import { lastScheduled } from "../states/store.ts";
import { proposeFlowRunState } from "./propose.ts";

/** False, and nothing is changed, when the run has begun, was never scheduled, or is not claimed with this token. */
export function handBack(tx: Tx, context: OrchestrationContext, id: string, token: string): boolean {
  const before = isClaimedBy(tx, id, token) ? lastScheduled(tx, id) : undefined;
  if (!before) return false;
  const { type, name, message, state_details } = before;
  const again = { type, name, message, state_details, data: undefined, timestamp: null, id: null };
  proposeFlowRunState(tx, context, id, again, { force: true, takesAway: true });
  forgetInfrastructure(tx, id);
  forgetHeartbeats(tx, id);
  return true;
}
