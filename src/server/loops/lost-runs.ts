// Runs whose agent and process both fell silent: the machine is gone, or both were killed. They end, or run again if
// their retries allow. Runs of clients that never sent a sign of life are left alone, as on the old server.

import * as v from "valibot";
import type { Tx } from "#db/connect.ts";
import { AwaitingRetry, Cancelled, Crashed } from "#domain/states.ts";
import { createLoop, type Loop } from "#lib/loop.ts";
import { toTimestamp } from "#lib/timestamps.ts";
import { stateCreate } from "#wire/states.ts";
import type { ServerContext } from "../context.ts";
import { readFlowRunPolicy } from "../flow-runs/record.ts";
import { type SilentRun, silentRuns } from "../heartbeats/store.ts";
import { proposeFlowRunState } from "../orchestration/propose.ts";

const BATCH = 200;
const LEAST_PAUSE_MS = 250;
const MOST_PAUSE_MS = 5_000;

export interface LostRuns extends Loop {
  /** Ends the runs that are lost now; gives their number. */
  runOnce(): Promise<number>;
}

export function createLostRuns(context: ServerContext): LostRuns {
  const { db, clock, settings, log } = context;
  const seconds = settings.ORCH_API_SERVICES_LOST_RUNS_AFTER_SECONDS;
  // While the server was away nobody could be heard: everybody gets a whole period first.
  const started = clock.now();

  async function runOnce(): Promise<number> {
    const now = clock.now();
    if (now - started < seconds * 1000) return 0;
    const before = toTimestamp(now - seconds * 1000);
    const lost = await db.write((tx) => {
      const runs = silentRuns(tx, before, BATCH);
      for (const run of runs) end(tx, run);
      return runs;
    });
    return lost.length;
  }

  function end(tx: Tx, run: SilentRun): void {
    tx.run("delete from heartbeat where flow_run_id = ?", run.id);
    if (run.state_type === "CANCELLING") {
      const message = "The run was being cancelled when its agent and process fell silent.";
      proposeFlowRunState(tx, context, run.id, v.parse(stateCreate(), Cancelled({ message })), { force: true });
      return;
    }
    const message = `No sign of life from the agent or the flow run process for ${seconds} seconds: both are gone, or their machine is.`;
    proposeFlowRunState(tx, context, run.id, v.parse(stateCreate(), Crashed({ message })), { force: true });
    const { retries, retry_delay } = readFlowRunPolicy(run.empirical_policy);
    if (retries === null || run.run_count > retries || !run.deployment_id) return;
    const due = toTimestamp(clock.now() + (retry_delay ?? 0) * 1000);
    proposeFlowRunState(tx, context, run.id, v.parse(stateCreate(), AwaitingRetry(due, { message })));
  }

  const loop = createLoop({
    clock,
    delay: () => Math.min(MOST_PAUSE_MS, Math.max(LEAST_PAUSE_MS, (seconds * 1000) / 4)),
    runOnce: async () => {
      await runOnce();
    },
    onError: (error) => log(`Looking for lost runs failed: ${error}`),
  });
  return { ...loop, runOnce };
}
