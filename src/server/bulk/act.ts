// Acts on runs and deployments one by one, each as if it had been asked for alone: states change through the one door.
import type { Tx } from "#db/connect.ts";
import { AwaitingRetry, Cancelling } from "#domain/states.ts";
import { timestampNow } from "#lib/clock.ts";
import type { BulkOutcome, DeploymentAction, FlowRunAction } from "#wire/runs/bulk.ts";
import { removeDeployment, switchDeployment } from "../deployments/upsert.ts";
import { deleteFlowRun } from "../flow-runs/store.ts";
import type { ServerContext } from "../kernel/context.ts";
import { proposalOf } from "../orchestration/proposal.ts";
import { proposeFlowRunState } from "../orchestration/propose.ts";
import { type Fit, fitOfDeployment, fitOfRun, type RunState } from "./fit.ts";

/** Rows that one call takes along, such as the tasks of deleted runs: beyond it the rest is for the next call. */
const MOST_ROWS = 2_000;
const GONE = "It is not there any more.";

interface Subject {
  name: string;
  /** Rows that go with it. */
  rows: number;
  fit: Fit;
  /** Gives the reason why it was refused after all. */
  act(): string | undefined;
}

/** `undefined` for one that is gone: as wished, if it was to be deleted. */
function actOnAll(ids: readonly string[], isDeleting: boolean, find: (id: string) => Subject | undefined): BulkOutcome {
  const outcome: BulkOutcome = { done: 0, unchanged: 0, refused: [], left: [] };
  let rows = 0;
  for (const [index, id] of [...new Set(ids)].entries()) {
    const subject = find(id);
    rows += subject?.rows ?? 0;
    if (index > 0 && rows > MOST_ROWS) {
      outcome.left.push(id);
      continue;
    }
    const fit: Fit = subject ? subject.fit : { unchanged: isDeleting, reason: GONE };
    const reason = fit ? fit.reason : subject?.act();
    if (fit?.unchanged) outcome.unchanged += 1;
    else if (reason === undefined) outcome.done += 1;
    else outcome.refused.push({ id, name: subject?.name ?? null, reason });
  }
  return outcome;
}

interface RunToChange {
  action: FlowRunAction;
  ids: readonly string[];
  message: string | null;
}

export function changeRuns(tx: Tx, context: ServerContext, { action, ids, message }: RunToChange): BulkOutcome {
  const outcome = actOnAll(ids, action === "delete", (id) => {
    const run = tx.get<RunState & { name: string; tasks: number }>(
      `select name, state_type, state_name, deployment_id,
         (select count(*) from task_run where task_run.flow_run_id = flow_run.id) as tasks
       from flow_run where id = ?`,
      id,
    );
    if (!run) return undefined;
    return {
      ...{ name: run.name, rows: action === "delete" ? run.tasks : 0, fit: fitOfRun(action, run) },
      act: () => changeRun(tx, context, id, { action, run, message }),
    };
  });
  if (action === "delete") tx.afterCommit(() => context.events.publish({ type: "runs-due-changed" }));
  return outcome;
}

interface RunChange {
  action: FlowRunAction;
  run: RunState;
  message: string | null;
}

function changeRun(
  tx: Tx,
  context: ServerContext,
  id: string,
  { action, run, message }: RunChange,
): string | undefined {
  if (action === "delete") {
    deleteFlowRun(tx, id);
    return undefined;
  }
  const now = timestampNow(context.clock);
  const state = action === "cancel" ? Cancelling({ message }) : AwaitingRetry(now, { message });
  // No rule lets a cancelled run start again: who asks for it means it.
  const force = action === "retry" && run.state_type === "CANCELLED";
  const { stored, status, details } = proposeFlowRunState(tx, context, id, proposalOf(state), { force, attempt: null });
  if (stored || status === "ACCEPT") return undefined;
  return ("reason" in details && details.reason) || "The server's rules do not allow it.";
}

export function changeDeployments(
  tx: Tx,
  context: ServerContext,
  { action, ids }: { action: DeploymentAction; ids: readonly string[] },
): BulkOutcome {
  return actOnAll(ids, action === "delete", (id) => {
    const found = tx.get<{ name: string; isOn: number; planned: number }>(
      `select name, is_schedule_active as isOn, (select count(*) from flow_run
         where flow_run.deployment_id = deployment.id and state_type = 'SCHEDULED') as planned
       from deployment where id = ?`,
      id,
    );
    if (!found) return undefined;
    return {
      ...{ name: found.name, rows: found.planned, fit: fitOfDeployment(action, found.isOn === 1) },
      act() {
        if (action === "delete") removeDeployment(tx, context, id);
        else switchDeployment(tx, context, id, action === "resume");
        return undefined;
      },
    };
  });
}
