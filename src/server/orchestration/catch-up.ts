// Catches up with an execution that is further than the database, which came back from a copy without what was written last: the
// claim of the run, or that it runs. The execution creates a task run, so its flow run is running.
import type { Tx } from "#db/connect.ts";
import { Running } from "#domain/states.ts";
import type { Attempt } from "#wire/runs/attempts.ts";
import type { StateType } from "#wire/runs/states.ts";
import type { OrchestrationContext } from "../kernel/context.ts";
import { proposalOf } from "./proposal.ts";
import { proposeFlowRunState } from "./propose.ts";

const RAN_ALREADY = "It ran already: its start was not in the copy that the server's database was restored from.";

/** Nothing is changed where the run is as its execution has it, or may be another's. */
export function catchUp(tx: Tx, context: OrchestrationContext, attempt: Attempt | null): void {
  if (attempt === null || attempt.flowRunId === null) return;
  const { flowRunId, token } = attempt;
  const sql = "select attempt, state_type from flow_run where id = ?";
  const run = tx.get<{ attempt: string | null; state_type: StateType | null }>(sql, flowRunId);
  const isClaimed = run?.state_type === "PENDING" && run.attempt === token;
  // An execution that has a token has claimed the run with it: a run that none has claimed is from before.
  const isUnclaimed = run?.state_type === "SCHEDULED" && run.attempt === null;
  if (!isClaimed && !isUnclaimed) return;
  tx.run("update flow_run set attempt = ? where id = ?", token, flowRunId);
  proposeFlowRunState(tx, context, flowRunId, proposalOf(Running({ message: RAN_ALREADY })), { force: true });
}
