// Skips runs of a schedule that an agent has claimed before their time, when the schedule is paused, removed or changed. Prefect
// 2.10.4 leaves them, and they begin up to a quarter of a minute after the command that paused their schedule.
import type { Tx } from "#db/connect.ts";
import { Cancelled } from "#domain/states.ts";
import { timestampNow } from "#lib/clock.ts";
import type { OrchestrationContext } from "../kernel/context.ts";
import { proposalOf } from "./proposal.ts";
import { proposeFlowRunState } from "./propose.ts";

/**
 * Only runs that the scheduler made, and whose time is still to come: what is due has begun as far as people are concerned.
 * They become Skipped instead of being deleted: clients that have claimed one (also Prefect's) then end without an error, and the
 * log of an agent speaks of a run that is there. Their dates are free again, for a schedule that is resumed in time. `why`:
 * "its schedule was paused".
 */
export function skipClaimedAhead(tx: Tx, context: OrchestrationContext, deploymentId: string, why: string): void {
  const ahead = tx.all<{ id: string }>(
    `select flow_run.id from flow_run join flow_run_state state on state.id = flow_run.state_id
     where flow_run.deployment_id = ? and flow_run.state_type = 'PENDING' and flow_run.auto_scheduled = 1
       and flow_run.run_count = 0 and state.state_details ->> 'scheduled_time' > ?`,
    ...[deploymentId, timestampNow(context.clock)],
  );
  const skipped = proposalOf(Cancelled({ name: "Skipped", message: `Skipped: ${why} before its start time.` }));
  for (const { id } of ahead) {
    proposeFlowRunState(tx, context, id, skipped, { force: true, takesAway: true });
    tx.run("update flow_run set idempotency_key = null where id = ?", id);
  }
}
