// Ends the processes of runs that are to be cancelled, and then proposes Cancelled. The server reports such runs at once.
import { isNoLongerYours } from "#client/attempt.ts";
import type { Client } from "#client/client.ts";
import { Cancelled } from "#domain/states.ts";
import type { Infrastructure } from "#infrastructure/infrastructure.ts";
import type { Clock } from "#lib/clock.ts";
import { messageOf } from "#lib/errors.ts";
import { createLoop } from "#lib/loop.ts";
import { isUnavailable } from "#lib/retry.ts";
import { type CancellingRun, getCancellations } from "#wire/pools/agents.ts";
import { setFlowRunState } from "#wire/runs/flow-runs.ts";
import type { InCare } from "./flow-run.ts";
import { blockOf, type Preparation } from "./job.ts";
import type { ServerLink } from "./server-link.ts";
import type { WorkSource } from "./work-source.ts";

const GRACE_SECONDS = 30;
/** For the agent that looks after a run: a second signal from another one would cut its grace short. */
const OTHERS_FIRST_MS = (GRACE_SECONDS + 5) * 1000;
/** Between two tries to end a run. */
const RETRY_MS = 5_000;
/** After an answer that came at once although there was nothing to say, and after none. */
const PAUSE_MS = 1_000;
/** So long another agent's runs are not asked about again. */
const ELSEWHERE_MS = 600_000;
const UNKNOWN_PLACE =
  "The run was cancelled, but it is not known where it executes: its process may go on until it ends by itself.";

export interface CancellationOptions {
  client: Client;
  clock: Clock;
  link: ServerLink;
  infrastructure: Infrastructure;
  source: Pick<WorkSource, "scope">;
  inCare: ReadonlyMap<string, InCare>;
  newPreparation: () => Preparation;
  /** Longest wait for an answer. */
  waitSeconds: number;
  giveUp: AbortSignal;
  say: (line: string) => void;
}

export interface Cancellations {
  start(): void;
  isUnderWay(runId: string): boolean;
  /** Looks no more; resolves when no cancellation is under way. */
  stop(): Promise<void>;
}

export function createCancellations(options: CancellationOptions): Cancellations {
  const { client, clock, link, infrastructure, source, inCare, newPreparation, waitSeconds, giveUp, say } = options;
  const stopping = new AbortController();
  const looking = AbortSignal.any([stopping.signal, giveUp]);
  const underWay = new Map<string, Promise<void>>();
  /** Another agent's, and until when that is believed. */
  const elsewhere = new Map<string, number>();
  let pause = 0;

  async function cancel(run: CancellingRun): Promise<void> {
    // The server may not know yet where a run executes that has just been started.
    const mine = inCare.get(run.id);
    mine?.giveUpStart();
    const { infrastructure_pid: noted, process_start: processStart } = run;
    const block = () => blockOf(newPreparation(), run);
    const job = (await mine?.job) ?? (noted ? { pid: noted, processStart, flowRunId: run.id, block } : null);
    const outcome = job ? await infrastructure.kill(job, GRACE_SECONDS) : "not-found";
    // Clients that wait for the end of the run then find its whole log.
    if (outcome === "killed") await mine?.logged;
    if (outcome === "not-ours") {
      say(`Flow run '${run.name}' executes at ${job?.pid}: an agent there has to cancel it.`);
      elsewhere.set(run.id, clock.elapsed() + ELSEWHERE_MS);
      return;
    }
    const message = job || mine ? (run.state?.message ?? null) : UNKNOWN_PLACE;
    // Not forced: of two agents that have seen to it the second finds it done.
    const body = { state: Cancelled({ message }) };
    const caller = mine?.client ?? client;
    await link.insist((options) => caller.call(setFlowRunState, { params: { id: run.id }, body }, options));
    say(`Cancelled flow run '${run.name}' (${run.id})`);
  }

  /** The run after a while, if it is to be cancelled still and this agent looks on. */
  async function after(millis: number, { id }: CancellingRun): Promise<CancellingRun | undefined> {
    await clock.sleep(millis, looking);
    if (looking.aborted) return undefined;
    const body = { ...source.scope, except_flow_run_ids: [], flow_run_ids: [id] };
    const [run] = await link.insist((options) => client.call(getCancellations, { body }, options));
    return run;
  }

  /** Until it is cancelled, or is not to be cancelled any more. */
  async function seeTo(run: CancellingRun): Promise<void> {
    let now = inCare.has(run.id) ? run : await after(OTHERS_FIRST_MS, run);
    while (now) {
      try {
        return await cancel(now);
      } catch (error) {
        if (isNoLongerYours(error)) return; // another agent's by now
        say(`Flow run '${run.name}' could not be cancelled: ${messageOf(error)}`);
      }
      now = await after(RETRY_MS, run);
    }
  }

  async function look(): Promise<void> {
    const asked = clock.elapsed();
    for (const [id, until] of elsewhere) if (until <= asked) elsewhere.delete(id);
    const except_flow_run_ids = [...underWay.keys(), ...elsewhere.keys()];
    const body = { ...source.scope, except_flow_run_ids };
    pause = PAUSE_MS; // if it fails
    const runs = await link.attempt(() => client.call(getCancellations, { body }, { waitSeconds, signal: looking }));
    if (runs.length > 0 || clock.elapsed() - asked >= PAUSE_MS) pause = 0;
    for (const run of runs) {
      const work = seeTo(run)
        .catch(() => {}) // deleted meanwhile
        .finally(() => underWay.delete(run.id));
      underWay.set(run.id, work);
    }
  }

  const loop = createLoop({
    clock,
    delay: () => pause,
    runOnce: look,
    onError(error) {
      // It was logged already that the server is unreachable.
      if (isUnavailable(error) || looking.aborted) return;
      say(`Runs to be cancelled could not be asked for: ${messageOf(error)}`);
    },
  });

  return {
    start: loop.start,
    isUnderWay: (runId) => underWay.has(runId),
    async stop() {
      stopping.abort();
      await loop.stop();
      await Promise.all(underWay.values());
    },
  };
}
