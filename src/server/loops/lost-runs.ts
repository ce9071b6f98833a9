// Runs whose agent and process both fell silent: the machine is gone, or both were killed. They end, or run again if
// their retries allow. Runs of clients that never sent a heartbeat are left as they are, as Prefect's server leaves them.
import type { Reader, Tx } from "#db/connect.ts";
import { AwaitingRetry, Cancelled, Crashed } from "#domain/states.ts";
import { createLoop, type Loop } from "#lib/loop.ts";
import { type Timestamp, toTimestamp } from "#lib/time/timestamps.ts";
import type { StateInput } from "#wire/runs/states.ts";
import { readFlowRunForTransition } from "../flow-runs/record.ts";
import { forgetInfrastructure, openSubflows } from "../flow-runs/store.ts";
import { forgetSilentWaiting, hasSilentWaiting, runsHeardLater, silentRuns } from "../heartbeats/store.ts";
import type { ServerContext } from "../kernel/context.ts";
import { handBack } from "../orchestration/hand-back.ts";
import { proposalOf } from "../orchestration/proposal.ts";
import { proposeFlowRunState, proposeTaskRunState } from "../orchestration/propose.ts";
import { openTaskRuns } from "../task-runs/store.ts";
import { logFailure } from "./failures.ts";

/** Small, so that requests get their turn between two of them. */
const BATCH = 50;
const LEAST_PAUSE_MS = 250;
const MOST_PAUSE_MS = 5_000;
const FORCE = { force: true };

export interface LostRuns extends Loop {
  /** Ends the runs that are lost now; gives their number. */
  runOnce(): Promise<number>;
}

export function createLostRuns(context: ServerContext): LostRuns {
  const { db, clock, settings, events, log } = context;
  const seconds = settings.ORCH_API_SERVICES_LOST_RUNS_AFTER_SECONDS;
  const period = seconds * 1000;
  const pause = Math.min(MOST_PAUSE_MS, Math.max(LEAST_PAUSE_MS, period / 4));
  let lastPass = clock.now();
  // While the server was away or the machine asleep no heartbeat could arrive: each run gets a whole period first.
  let listeningSince = lastPass;

  async function runOnce(): Promise<number> {
    const now = clock.now();
    const away = Math.abs(now - lastPass) > Math.max(period / 2, 2 * pause);
    lastPass = now;
    if (away) listeningSince = now;
    if (now - listeningSince < period) return 0;
    const [before, after] = [toTimestamp(now - period), toTimestamp(now + period)];
    await giveUpWaiting(before);
    // Since the clock was set back, if it was, all that live were heard again.
    const silent = (q: Reader, limit: number) => [...silentRuns(q, before, limit), ...runsHeardLater(q, after, limit)];
    let ended = 0;
    while ((await db.read((q) => silent(q, 1))).length > 0) {
      ended += await db.write((tx) => {
        const lost = silent(tx, BATCH);
        for (const id of lost) end(tx, id);
        return lost.length;
      });
    }
    return ended;
  }

  /** Any agent may start what waits for its retry in a process that is gone. An idle server does not write. */
  async function giveUpWaiting(before: Timestamp): Promise<void> {
    if (!(await db.read((q) => hasSilentWaiting(q, before)))) return;
    await db.write((tx) => {
      forgetSilentWaiting(tx, before);
      tx.afterCommit(() => events.publish({ type: "runs-due-changed" }));
    });
  }

  function end(tx: Tx, id: string): void {
    const found = readFlowRunForTransition(tx, id);
    if (!found) return;
    const { state_type, empirical_policy, run_count, attempt } = found.run;
    if (wasEarly(found) && attempt !== null && handBack(tx, context, id, attempt)) return;
    if (state_type === "CANCELLING") {
      endWithin(tx, id, Cancelled({ message: "The run was being cancelled when its agent and process fell silent." }));
      return;
    }
    const message = `No heartbeat from the agent or the flow run process for ${seconds} seconds: both have ended, or their machine has.`;
    endWithin(tx, id, Crashed({ message }));
    const { retries, retry_delay } = empirical_policy;
    if (retries === null || run_count > retries) return;
    const due = toTimestamp(clock.now() + (retry_delay ?? 0) * 1000);
    // Not forced: the rules let only runs of deployments start again.
    const { stored } = proposeFlowRunState(tx, context, id, proposalOf(AwaitingRetry(due, { message })));
    if (stored) forgetInfrastructure(tx, id);
  }

  /**
   * Claimed before its time, it has not begun: another agent takes it. One that was claimed when it was due ends, so that code
   * which takes its machine down when it is loaded is not tried forever.
   */
  function wasEarly({ state }: NonNullable<ReturnType<typeof readFlowRunForTransition>>): boolean {
    const due = state?.state_details.scheduled_time;
    return state?.type === "PENDING" && due !== undefined && due !== null && state.timestamp < due;
  }

  /** The run with all that was under way in its process: subflows, and tasks, which hold slots of their tags. */
  function endWithin(tx: Tx, id: string, state: StateInput): void {
    for (const subflow of openSubflows(tx, id)) endWithin(tx, subflow, state);
    for (const task of openTaskRuns(tx, id)) proposeTaskRunState(tx, context, task, proposalOf(state), FORCE);
    proposeFlowRunState(tx, context, id, proposalOf(state), { force: true, takesAway: true });
  }

  const loop = createLoop({
    clock,
    delay: () => pause,
    runOnce,
    onError: logFailure(log, "Looking for lost runs failed"),
  });
  return { ...loop, runOnce };
}
