// What a cancelled run leaves under way ends with it: its tasks, the subflows of its process, and the runs it made of
// deployments, which have agents of their own to end them. Woken by every cancellation; looks now and then for others.
import type { Tx } from "#db/connect.ts";
import { Cancelled, Cancelling } from "#domain/states.ts";
import { createLoop, type Loop } from "#lib/loop.ts";
import { toTimestamp } from "#lib/time/timestamps.ts";
import { cancelledWithOpenParts, deployedSubflows, openSubflows } from "../flow-runs/store.ts";
import type { ServerContext } from "../kernel/context.ts";
import { proposalOf } from "../orchestration/proposal.ts";
import { proposeFlowRunState, proposeTaskRunState } from "../orchestration/propose.ts";
import { PARENT_CANCELLED } from "../orchestration/rules/crashes-of-cancelled-flows.ts";
import { openTaskRuns } from "../task-runs/store.ts";
import { logFailure } from "./failures.ts";
import { listening } from "./listening.ts";

/** Small, so that requests get their turn between two of them. */
const BATCH = 100;
const DAY_MS = 86_400_000;
const ENDED = proposalOf(Cancelled({ message: PARENT_CANCELLED }));
const ENDING = proposalOf(Cancelling({ message: PARENT_CANCELLED }));
const FORCE = { force: true };

export interface Cancellations extends Loop {
  /** Ends what is left of the runs that were cancelled within a day; gives the number of those runs. */
  runOnce(): Promise<number>;
}

export function createCancellations(context: ServerContext): Cancellations {
  const { db, clock, settings, events, log } = context;

  async function runOnce(): Promise<number> {
    const since = toTimestamp(clock.now() - DAY_MS);
    let count = 0;
    for (let after = ""; ; count += 1) {
      const id = await db.read((q) => cancelledWithOpenParts(q, since, after));
      if (id === undefined) return count;
      while ((await db.write((tx) => endParts(tx, id))) === BATCH);
      after = id;
    }
  }

  /** Gives the number of tasks it ended; there are more if it is a whole batch. */
  function endParts(tx: Tx, id: string): number {
    // What their own parts are is seen to next: each becomes a cancelled run.
    for (const subflow of openSubflows(tx, id)) proposeFlowRunState(tx, context, subflow, ENDED, FORCE);
    for (const subflow of deployedSubflows(tx, id)) proposeFlowRunState(tx, context, subflow, ENDING);
    const tasks = openTaskRuns(tx, id).slice(0, BATCH);
    for (const task of tasks) proposeTaskRunState(tx, context, task, ENDED, FORCE);
    return tasks.length;
  }

  const loop = createLoop({
    clock,
    delay: () => settings.ORCH_API_SERVICES_CANCELLATION_CLEANUP_LOOP_SECONDS * 1000,
    runOnce,
    onError: logFailure(log, "Ending the parts of cancelled runs failed"),
  });
  const heard = listening(loop, events, (event) => {
    if (event.type === "flow-run-state" && event.state_type === "CANCELLED") loop.wake();
  });
  return { ...heard, runOnce };
}
