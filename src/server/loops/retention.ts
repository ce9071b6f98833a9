// Removes what is no longer kept: the answers to calls after a day, and what the owner of the server has set a time for.
import type { Tx } from "#db/connect.ts";
import { createLoop, type Loop } from "#lib/loop.ts";
import { type Timestamp, toTimestamp } from "#lib/time/timestamps.ts";
import type { Settings } from "#settings/table.ts";
import { forgetAnswers } from "../http/answered-calls.ts";
import type { ServerContext } from "../kernel/context.ts";
import { changingRecords } from "../kernel/event-hub.ts";
import { removeEndedRuns, removeLogs, removeOlderArtifacts } from "../retention/store.ts";
import { logFailure } from "./failures.ts";

/** Small, so that requests get their turn between two of them. A run takes its states, tasks and logs along. */
const RUNS = 20;
const ROWS = 500;
/**
 * How long a call is known by its idempotency key. No client repeats a call for longer than ten minutes; a laptop may be
 * closed in between.
 */
const ANSWERS_KEPT_SECONDS = 24 * 3600;

export interface Retention extends Loop {
  /** Removes all that is too old now; gives the number of runs, log lines and artifacts. */
  runOnce(): Promise<number>;
}

type RetentionRule = [keepSeconds: number, remove: (tx: Tx, before: Timestamp, limit: number) => number, batch: number];

function rulesOf(settings: Settings): RetentionRule[] {
  const all: RetentionRule[] = [
    [settings.ORCH_RETENTION_FLOW_RUNS_SECONDS, removeEndedRuns, RUNS],
    [settings.ORCH_RETENTION_LOGS_SECONDS, removeLogs, ROWS],
    [settings.ORCH_RETENTION_ARTIFACTS_SECONDS, removeOlderArtifacts, ROWS],
  ];
  return all.filter(([keepSeconds]) => keepSeconds > 0);
}

export function createRetention({ db, clock, settings, events, log }: ServerContext): Retention {
  const changing = changingRecords(events);
  const stopping = new AbortController();

  async function removeAll([keepSeconds, remove, batch]: RetentionRule): Promise<number> {
    const before = toTimestamp(clock.now() - keepSeconds * 1000);
    let removed = 0;
    while (!stopping.signal.aborted) {
      const now = await db.write(changing((tx) => remove(tx, before, batch)));
      if (now === 0) break;
      removed += now;
    }
    return removed;
  }

  async function runOnce(): Promise<number> {
    await removeAll([ANSWERS_KEPT_SECONDS, forgetAnswers, ROWS]);
    let removed = 0;
    for (const rule of rulesOf(settings)) removed += await removeAll(rule);
    return removed;
  }

  const loop = createLoop({
    clock,
    delay: () => settings.ORCH_RETENTION_LOOP_SECONDS * 1000,
    runOnce: async () => {
      const removed = await runOnce();
      if (removed > 0) log(`Removed ${removed} runs, log lines and artifacts that are no longer kept.`);
    },
    onError: logFailure(log, "What is no longer kept could not be removed"),
  });
  return {
    ...loop,
    runOnce,
    stop() {
      stopping.abort();
      return loop.stop();
    },
  };
}
