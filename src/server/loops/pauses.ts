// Fails runs whose pause has timed out. Without it a run whose process is gone would stay paused forever.
import { Failed } from "#domain/states.ts";
import { timestampNow } from "#lib/clock.ts";
import { createLoop, type Loop } from "#lib/loop.ts";
import { readFlowRunForTransition } from "../flow-runs/record.ts";
import { type PausedRun, pausedRuns } from "../flow-runs/store.ts";
import type { ServerContext } from "../kernel/context.ts";
import { proposalOf } from "../orchestration/proposal.ts";
import { proposeFlowRunState } from "../orchestration/propose.ts";
import { logFailure } from "./failures.ts";

const BATCH = 200;
const NEVER_RESUMED = proposalOf(Failed({ message: "The flow was paused and never resumed." }));

export interface Pauses extends Loop {
  /** Fails the runs whose pause is over; gives their number. */
  runOnce(): Promise<number>;
}

export function createPauses(context: ServerContext): Pauses {
  const { db, clock, settings, log } = context;

  async function runOnce(): Promise<number> {
    let failed = 0;
    let page: PausedRun[] = [];
    do {
      const after = page.at(-1)?.id ?? "";
      page = await db.read((q) => pausedRuns(q, after, BATCH));
      // A pause without an end, of another client, is left alone.
      const over = page.filter(({ until }) => until !== null && until < timestampNow(clock));
      if (over.length > 0) failed += await fail(over);
    } while (page.length === BATCH);
    return failed;
  }

  /** Looks again as it writes: a run may have been resumed meanwhile. */
  function fail(over: readonly PausedRun[]): Promise<number> {
    return db.write((tx) => {
      const still = over.filter(({ id, state_id }) => readFlowRunForTransition(tx, id)?.run.state_id === state_id);
      for (const { id } of still) proposeFlowRunState(tx, context, id, NEVER_RESUMED, { force: true });
      return still.length;
    });
  }

  const loop = createLoop({
    clock,
    delay: () => settings.ORCH_API_SERVICES_PAUSE_EXPIRATIONS_LOOP_SECONDS * 1000,
    runOnce,
    onError: logFailure(log, "Looking for expired pauses failed"),
  });
  return { ...loop, runOnce };
}
