// Finds flow runs that are due, claims them and takes them into the agent's care, as many as may run at a time.
import { messageOf, OrchError } from "#lib/errors.ts";
import { isUnavailable } from "#lib/retry.ts";
import { toTimestamp } from "#lib/time/timestamps.ts";
import type { QueuedFlowRun } from "#wire/runs/flow-runs.ts";
import { type Claim, type ClaimOptions, claim } from "./claim.ts";
import { type CareOptions, type InCare, lookAfter } from "./flow-run.ts";
import type { Preparation } from "./job.ts";
import { createStartLimiter } from "./start-limiter.ts";
import type { WorkSource } from "./work-source.ts";

export interface WorkLoopOptions {
  care: CareOptions & ClaimOptions;
  source: WorkSource;
  inCare: Map<string, InCare>;
  newPreparation: () => Preparation;
  /** Most runs at a time; `null` for no limit. */
  limit: number | null;
  /** How long before its time a run is started; its process waits for the very moment. */
  prefetchSeconds: number;
  /** How long the server holds a request for work. */
  waitSeconds: number;
  /** Aborted when no new work is wanted. */
  draining: AbortSignal;
  /** Offers the server a run that was claimed while the agent drained. */
  offerBack: (run: InCare) => void;
}

export interface WorkLoop {
  /** Takes everything that is due now, or about to be. */
  once(): Promise<void>;
  /** Goes on until the agent drains. Throws when the server refuses to work, rather than a request. */
  forever(): Promise<void>;
}

const MOST_AT_ONCE = 50;
/** The API gives no more. */
const MOST_ROWS = 200;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 2_000;
/** The server refuses to work, rather than the request: not at once a reason to give up. */
const MOST_FAILURES = 3;

export function createWorkLoop(options: WorkLoopOptions): WorkLoop {
  const { care, source, inCare, newPreparation, limit, prefetchSeconds, waitSeconds, draining, offerBack } = options;
  const { clock, link, shortage, say } = care;
  const { most } = care.infrastructure;
  const atOnce = Math.min(limit ?? Number.POSITIVE_INFINITY, most?.jobs ?? Number.POSITIVE_INFINITY);
  const startLimiter = createStartLimiter(clock);
  const horizon = () => toTimestamp(clock.now() + prefetchSeconds * 1000);
  let isCrowdSaid = false;

  /** True when the run is now in this agent's care. */
  async function take(run: QueuedFlowRun, preparation: Preparation): Promise<boolean> {
    const turn = await startLimiter.turn();
    let claimed: Claim | null;
    try {
      const isUnwanted = draining.aborted || shortage.isShort();
      claimed = isUnwanted ? null : await claim(care, run);
      if (!claimed) {
        turn.release();
        return false;
      }
    } catch (error) {
      turn.release();
      // Deleted since it was found, as its deployment was changed.
      if (!(error instanceof OrchError) || error.code !== "not_found") {
        say(`Flow run '${run.name}' could not be claimed: ${messageOf(error)}`);
      }
      return false;
    }
    const taken = lookAfter(care, claimed, preparation);
    inCare.set(run.id, taken);
    const over = () => {
      inCare.delete(run.id);
      shortage.freed();
    };
    turn.started(taken.ended.finally(over));
    if (draining.aborted) offerBack(taken);
    return true;
  }

  /** Finds work and takes it; returns the number of runs taken. */
  async function pass(before: string, waitSeconds: number): Promise<number> {
    await shortage.over(draining);
    const free = Math.min(atOnce - inCare.size, MOST_AT_ONCE);
    if (free <= 0) {
      sayCrowded();
      await Promise.race([...inCare.values()].map(({ ended }) => ended));
      return pass(before, waitSeconds);
    }
    // A flow that retries in its own process is scheduled too; its process is still ours to watch.
    const rows = Math.min(free + inCare.size, MOST_ROWS);
    const asked = { before, limit: rows, waitSeconds, signal: draining };
    const found = await link.attempt(() => source.next(asked));
    const fresh = found.filter((run) => !inCare.has(run.id)).slice(0, free);
    const preparation = newPreparation();
    const taken = (await Promise.all(fresh.map((run) => take(run, preparation)))).filter(Boolean).length;
    // What is offered and cannot be taken is offered again at once.
    if (taken === 0 && found.length > 0) await clock.sleep(FIRST_PAUSE_MS, draining);
    return taken;
  }

  function sayCrowded(): void {
    if (isCrowdSaid || !most || most.jobs > atOnce || most.jobs === limit) return;
    isCrowdSaid = true;
    say(`At most ${most.jobs} flow run(s) at a time: ${most.reason}. The others wait.`);
  }

  return {
    async once() {
      const before = horizon();
      while (!draining.aborted && (await pass(before, 0)) > 0);
    },
    async forever() {
      let pause = FIRST_PAUSE_MS;
      let failures = 0;
      while (!draining.aborted) {
        try {
          await pass(horizon(), waitSeconds);
          pause = FIRST_PAUSE_MS;
          failures = 0;
        } catch (error) {
          if (!isUnavailable(error)) failures += 1;
          const isPassing = isUnavailable(error) || (error instanceof OrchError && error.code === "internal");
          if (draining.aborted || !isPassing || failures >= MOST_FAILURES) throw error;
          await clock.sleep(pause, draining);
          pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
        }
      }
    },
  };
}
