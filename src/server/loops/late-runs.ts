// Runs that nobody started in time are named Late. They stay scheduled, and are picked up as before.

import * as v from "valibot";
import { Scheduled } from "#domain/states.ts";
import { createLoop, type Loop } from "#lib/loop.ts";
import { toTimestamp } from "#lib/timestamps.ts";
import { stateCreate } from "#wire/states.ts";
import type { ServerContext } from "../context.ts";
import { proposeFlowRunState } from "../orchestration/propose.ts";

const BATCH = 400;

interface DueRun {
  id: string;
  next_scheduled_start_time: string;
}

export interface LateRuns extends Loop {
  /** Marks all that are late now; gives their number. */
  runOnce(): Promise<number>;
}

export function createLateRuns(context: ServerContext): LateRuns {
  const { db, clock, settings, log } = context;

  async function runOnce(): Promise<number> {
    let marked = 0;
    for (;;) {
      const before = toTimestamp(clock.now() - settings.ORCH_API_SERVICES_LATE_RUNS_AFTER_SECONDS * 1000);
      const late = await db.read((q) =>
        q.all<DueRun>(
          `select id, next_scheduled_start_time from flow_run
           where state_type = 'SCHEDULED' and next_scheduled_start_time <= ? and state_name = 'Scheduled'
           order by next_scheduled_start_time limit ?`,
          ...[before, BATCH],
        ),
      );
      await db.write((tx) => {
        for (const run of late) {
          const state = v.parse(stateCreate(), Scheduled(run.next_scheduled_start_time, { name: "Late" }));
          // Looked at again: an agent may have claimed it meanwhile.
          const still = tx.get("select 1 from flow_run where id = ? and state_name = 'Scheduled'", run.id);
          if (still) proposeFlowRunState(tx, context, run.id, state, { force: true });
        }
      });
      marked += late.length;
      if (late.length < BATCH) return marked;
    }
  }

  const loop = createLoop({
    clock,
    delay: () => settings.ORCH_API_SERVICES_LATE_RUNS_LOOP_SECONDS * 1000,
    runOnce: async () => {
      await runOnce();
    },
    onError: (error) => log(`Looking for late runs failed: ${error}`),
  });
  return { ...loop, runOnce };
}
