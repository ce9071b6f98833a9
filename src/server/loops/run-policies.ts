// Acts on the overlap and catch-up policies of deployments at the due time of their runs: skips runs, asks older ones to make room, and
// says of those that wait why they do. Safe to repeat and to cut off: each decision and what comes of it are one transaction.
import type { Reader, Tx } from "#db/connect.ts";
import { Cancelled, Cancelling, Scheduled } from "#domain/states.ts";
import { timestampNow } from "#lib/clock.ts";
import { createLoop, type Loop } from "#lib/loop.ts";
import { toMillis } from "#lib/time/timestamps.ts";
import { nextTurn } from "#lib/yield.ts";
import type { ServerContext } from "../kernel/context.ts";
import type { ServerEvent } from "../kernel/event-hub.ts";
import { proposalOf } from "../orchestration/proposal.ts";
import { proposeFlowRunState } from "../orchestration/propose.ts";
import { decideStart, readCandidate, type StartDecision } from "../run-policies/start-decision.ts";
import * as store from "../run-policies/store.ts";
import { logFailure } from "./failures.ts";
import { listening } from "./listening.ts";

/** Also without news: a run may have come to its end unseen. */
const MOST_SECONDS = 5;
const DEPLOYMENTS_OF_TURN = 100;
/** Of one deployment, in one transaction. */
const RUNS_AT_ONCE = 100;

export interface RunPolicies extends Loop {
  /** Decides on all runs that are due; gives the number of those that were changed. */
  runOnce(): Promise<number>;
}

function needsAction(q: Reader, id: string, decision: StartDecision): boolean {
  if (decision.action !== "wait") return decision.action === "skip";
  return decision.cancels.length > 0 || !store.isWaiting(q, id);
}

export function createRunPolicies(context: ServerContext): RunPolicies {
  const { db, clock, events, log } = context;
  let next = Number.POSITIVE_INFINITY;
  let isNeeded = false;

  async function runOnce(): Promise<number> {
    let changed = 0;
    let page: string[] = [];
    next = Number.POSITIVE_INFINITY;
    isNeeded = false;
    do {
      const after = page.at(-1) ?? "";
      page = await db.read((q) => store.deploymentsWithPolicy(q, after, DEPLOYMENTS_OF_TURN));
      isNeeded ||= page.length > 0;
      for (const id of page) changed += await decideFor(id);
      await nextTurn();
    } while (page.length === DEPLOYMENTS_OF_TURN);
    return changed;
  }

  /** Decided twice: an idle server does not write, and what has happened since the first look counts. */
  async function decideFor(deploymentId: string): Promise<number> {
    const { undecided, due } = await db.read((q) => {
      const now = timestampNow(clock);
      const runs = store.undecidedRuns(q, deploymentId, now, RUNS_AT_ONCE);
      return {
        undecided: runs.filter((id) => needsAction(q, id, decideStart(q, id, deploymentId, now))),
        due: store.nextDueOf(q, deploymentId, now),
      };
    });
    if (due !== undefined) next = Math.min(next, toMillis(due));
    if (undecided.length === 0) return 0;
    return db.write((tx) => {
      const now = timestampNow(clock);
      return undecided.filter((id) => act(tx, id, decideStart(tx, id, deploymentId, now))).length;
    });
  }

  function act(tx: Tx, id: string, decision: StartDecision): boolean {
    const run = readCandidate(tx, id);
    if (!run || !needsAction(tx, id, decision) || decision.action === "start") return false;
    const { message } = decision;
    if (decision.action === "skip") {
      proposeFlowRunState(tx, context, id, proposalOf(Cancelled({ name: "Skipped", message })), { force: true });
      return true;
    }
    for (const older of decision.cancels) {
      const reason = `The newer flow run '${run.name}' takes its place (overlap: cancel-older).`;
      proposeFlowRunState(tx, context, older, proposalOf(Cancelling({ message: reason })));
    }
    if (store.isWaiting(tx, id)) return true;
    const due = run.next_scheduled_start_time ?? timestampNow(clock);
    const waiting = Scheduled(due, { name: store.WAITING, message });
    proposeFlowRunState(tx, context, id, proposalOf(waiting), { force: true });
    return true;
  }

  const loop = createLoop({
    clock,
    // Timers count whole milliseconds: one that is rounded down would be too early.
    delay: () => Math.min(MOST_SECONDS * 1000, Math.max(0, Math.ceil(next - clock.now()))),
    runOnce,
    onError: logFailure(log, "Looking at overlapping and missed runs failed"),
  });

  function onEvent({ type }: ServerEvent): void {
    // A policy is new, or others may have changed one.
    if (type === "deployment-changed" || type === "foreign-write") loop.wake();
    else if (isNeeded && type === "runs-due-changed") loop.wake();
  }

  return { ...listening(loop, events, onEvent), runOnce };
}
