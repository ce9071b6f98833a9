// The agent: takes work, looks after the runs that it has started, and stops in order. Runs go on while the server is away.
import { hostname } from "node:os";
import type { Client } from "#client/client.ts";
import { infrastructureOfPool } from "#domain/work-pool-types.ts";
import type { Infrastructures } from "#infrastructure/infrastructure.ts";
import { type Clock, systemClock } from "#lib/clock.ts";
import { messageOf } from "#lib/errors.ts";
import { createLoop } from "#lib/loop.ts";
import { watchWake } from "#lib/process/wake.ts";
import { isUnavailable } from "#lib/retry.ts";
import { localTime } from "#lib/time/local-time.ts";
import type { Settings } from "#settings/table.ts";
import { sendHeartbeats } from "#wire/runs/heartbeats.ts";
import { adoptLeftJobs } from "./adoption.ts";
import { createCancellations } from "./cancellations.ts";
import type { ClaimOptions } from "./claim.ts";
import type { CareOptions, InCare } from "./flow-run.ts";
import { createHandingBack } from "./hand-back.ts";
import { createPreparations } from "./job.ts";
import { sendOrphanedLogs } from "./orphaned-logs.ts";
import { createServerLink } from "./server-link.ts";
import { createShortage } from "./shortage.ts";
import { createVouching } from "./vouching.ts";
import { createWorkLoop } from "./work-loop.ts";
import { createWorkSource } from "./work-source.ts";
import { createWorkerPreparations } from "./worker-job.ts";
import { createWorkerRegistration, type WorkerIdentity } from "./worker-registration.ts";

export interface AgentOptions {
  /** Best without retries of its own: the agent notices at once when the server is away, and waits by itself. */
  client: Client;
  clock: Clock;
  settings: Settings;
  infrastructure: Infrastructures;
  queues: readonly string[];
  /** Instead of `queues`: those whose name begins with one of these, also when they are made later. */
  prefixes: readonly string[];
  /** `null`: queues of the default pool, prefixes in any pool. Without both: all queues of the pool. */
  pool: string | null;
  /** Most runs at a time; `null` for no limit. */
  limit: number | null;
  /** How long before its time a run is started; its process waits for the very moment. */
  prefetchSeconds: number;
  /** Makes the agent a worker of its pool, with jobs from the pool's template. */
  worker?: WorkerIdentity | undefined;
  /** Gets one line at a time: what the agent does, and what its runs print; see `Job.output`. */
  output: (line: string, isContinued?: boolean) => void;
}

export interface Agent {
  /**
   * Works until `drain` or `abort`; with `once`, until the runs that are due now have ended. Calls `onReady` once, when its pool
   * is known to exist and its queues are made, before it takes work.
   */
  run(options?: { once?: boolean; onReady?: () => void }): Promise<void>;
  /** Takes no new work, hands back what is not due yet, and says which runs it waits for. */
  drain(): void;
  /** Ends the runs and reports each. Resolves within seconds, whatever hangs: then the process may end. */
  abort(): Promise<void>;
}

/** Time for everything that is left to do when the agent has to end now. */
const ABORT_SECONDS = 6;
/** Before that, for the server to take back what has not begun. */
const HAND_BACK_SECONDS = 1;

export function createAgent(options: AgentOptions): Agent {
  const { client, clock, settings, infrastructure, limit, prefetchSeconds, output, worker, pool } = options;
  const role = worker ? "worker" : "agent";
  const say = (line: string) => output(`${localTime(clock.now())} | INFO    | ${role} - ${line}`);
  const stopNow = new AbortController();
  const giveUp = new AbortController();
  const inCare = new Map<string, InCare>();
  const heartbeatSeconds = settings.ORCH_WORKER_HEARTBEAT_SECONDS;
  const registration =
    worker && pool !== null
      ? createWorkerRegistration({ client, clock, pool, worker, heartbeatSeconds, giveUp: giveUp.signal, say })
      : null;
  const source = createWorkSource({ ...options, makePool: registration?.makePool, say });
  const link = createServerLink({ clock, where: client.description, say, giveUp: giveUp.signal });
  const shortage = createShortage({ clock, say });
  const shared = { client, link, infrastructure, shortage, giveUp: giveUp.signal, say };
  const waitSeconds = settings.ORCH_AGENT_QUERY_INTERVAL;
  const newPreparation =
    registration && pool !== null
      ? createWorkerPreparations({
          client,
          pool,
          type: infrastructureOfPool(worker?.type ?? "") ?? "process",
          signal: giveUp.signal,
        })
      : createPreparations(client, giveUp.signal);
  const cancellations = createCancellations({ ...shared, clock, source, inCare, newPreparation, waitSeconds });
  const care: CareOptions & ClaimOptions = {
    ...shared,
    ...{ clock, settings },
    claimMessage: `Claimed by agent ${hostname()}:${process.pid}.`,
    stopNow: stopNow.signal,
    isBeingCancelled: cancellations.isUnderWay,
    print: output,
  };
  const gaveUp = Promise.withResolvers<void>();
  const vouchedFor = createVouching({ clock, settings, link, say });
  const handingBack = createHandingBack({ ...shared, clock });
  const draining = new AbortController();
  const workLoop = createWorkLoop({
    ...{ care, source, inCare, newPreparation, limit, prefetchSeconds, waitSeconds, draining: draining.signal },
    offerBack: (run) => void handingBack.offer([run]),
  });
  let running = Promise.resolve();
  let handingOver: Promise<void> | undefined;
  let isAborting = false;

  /** Not a claim of the same run that came after the question. */
  function lose(id: string, token: string | undefined): void {
    const mine = inCare.get(id);
    if (mine && mine.token === token) mine.lose(`Flow run '${mine.run.name}' is no longer this agent's.`);
  }

  async function beat(): Promise<void> {
    if (inCare.size === 0) return;
    const attempts = Object.fromEntries([...inCare].map(([id, { token }]) => [id, token]));
    const body = { flow_run_ids: vouchedFor(inCare.values()).map(({ run }) => run.id), attempts };
    const signal = giveUp.signal;
    const answer = await link.attempt(() => client.call(sendHeartbeats, { body }, { signal }));
    for (const id of answer?.no_longer_yours ?? []) lose(id, attempts[id]);
  }

  const pulse = createLoop({
    clock,
    delay: () => settings.ORCH_HEARTBEAT_SECONDS * 1000,
    async runOnce() {
      if (!draining.signal.aborted) adoptLeftJobs({ shared: care, inCare, newPreparation });
      await beat();
      if (settings.ORCH_LOGGING_TO_API_ENABLED) {
        await sendOrphanedLogs({ client, clock, infrastructure, home: settings.ORCH_HOME, signal: giveUp.signal });
      }
    },
    onError(error) {
      // It was logged already that the server is unreachable.
      if (!isUnavailable(error) && !giveUp.signal.aborted) say(`Heartbeat rejected: ${messageOf(error)}`);
    },
  });

  function sayWaiting(runs: Iterable<InCare> = inCare.values()): void {
    const names = [...runs].map(({ run }) => `'${run.name}'`);
    if (names.length === 0 || isAborting) return;
    say(`Waiting for ${names.length} flow run(s) to finish: ${names.join(", ")}. Ctrl-C again stops them now.`);
  }

  /** What has not begun is handed back, what has is waited for. */
  function handOver(): void {
    const early = new Set(handingBack.waiting(inCare.values()));
    sayWaiting([...inCare.values()].filter((run) => !early.has(run)));
    handingOver ??= handOverEarly();
  }

  /** `undefined` when there is nothing to hand back. */
  function handOverEarly(): Promise<void> | undefined {
    const early = handingBack.waiting(inCare.values());
    return early.length === 0 ? undefined : handingBack.offer(early).then(sayWaiting);
  }

  async function within(seconds: number, work: Promise<unknown>): Promise<void> {
    const over = new AbortController();
    await Promise.race([work, clock.sleep(seconds * 1000, over.signal)]);
    over.abort();
  }

  async function workToTheEnd(once: boolean): Promise<void> {
    pulse.start();
    // An agent that was asleep asks at once whether its runs are still its own.
    const stopWatching = watchWake(systemClock, pulse.wake);
    registration?.start();
    cancellations.start();
    try {
      await (once ? workLoop.once() : workLoop.forever());
    } catch (error) {
      if (draining.signal.aborted) return; // the search for work was cut off
      if (inCare.size > 0) say(`No more work is taken: ${messageOf(error)}`);
      handOver();
      throw error;
    } finally {
      await Promise.all([...inCare.values()].map(({ ended }) => ended));
      await cancellations.stop();
      await registration?.stop();
      stopWatching();
      await pulse.stop();
    }
  }

  return {
    async run({ once = false, onReady } = {}) {
      const prepare = async () => {
        await source.prepare();
        await registration?.join();
      };
      try {
        await link.reach(prepare, { signal: draining.signal, briefly: once });
      } catch (error) {
        if (draining.signal.aborted) return;
        throw error;
      }
      onReady?.();
      running = workToTheEnd(once);
      await Promise.race([running, gaveUp.promise]);
    },
    drain() {
      if (draining.signal.aborted) return;
      draining.abort();
      handOver();
    },
    async abort() {
      if (isAborting) return gaveUp.promise;
      isAborting = true;
      draining.abort();
      handingOver ??= handOverEarly();
      if (handingOver) await within(HAND_BACK_SECONDS, handingOver);
      if (inCare.size > 0) say(`Stopping ${inCare.size} flow run(s) now.`);
      stopNow.abort();
      await within(
        ABORT_SECONDS,
        running.catch(() => {}),
      );
      giveUp.abort();
      gaveUp.resolve();
    },
  };
}
