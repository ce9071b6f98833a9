// Names runs Late that were not started in time. They stay scheduled, and agents still start them.
import { Scheduled } from "#domain/states.ts";
import { createLoop, type Loop } from "#lib/loop.ts";
import { toTimestamp } from "#lib/time/timestamps.ts";
import { lateRuns } from "../flow-runs/store.ts";
import type { ServerContext } from "../kernel/context.ts";
import { proposalOf } from "../orchestration/proposal.ts";
import { proposeFlowRunState } from "../orchestration/propose.ts";
import { logFailure } from "./failures.ts";

/** Small, so that requests get their turn between two of them. */
const BATCH = 100;

export interface LateRuns extends Loop {
  /** Marks all that are late now; gives their number. */
  runOnce(): Promise<number>;
}

export function createLateRuns(context: ServerContext): LateRuns {
  const { db, clock, settings, log } = context;

  async function runOnce(): Promise<number> {
    const before = toTimestamp(clock.now() - settings.ORCH_API_SERVICES_LATE_RUNS_AFTER_SECONDS * 1000);
    let marked = 0;
    // Looked for twice: an idle server does not write, and no agent can claim a run between the second look and its mark.
    while ((await db.read((q) => lateRuns(q, before, 1))).length > 0) {
      marked += await db.write((tx) => {
        const late = lateRuns(tx, before, BATCH);
        for (const { id, next_scheduled_start_time } of late) {
          const state = Scheduled(next_scheduled_start_time, { name: "Late" });
          proposeFlowRunState(tx, context, id, proposalOf(state), { force: true });
        }
        return late.length;
      });
    }
    return marked;
  }

  const loop = createLoop({
    clock,
    delay: () => settings.ORCH_API_SERVICES_LATE_RUNS_LOOP_SECONDS * 1000,
    runOnce,
    onError: logFailure(log, "Looking for late runs failed"),
  });
  return { ...loop, runOnce };
}
