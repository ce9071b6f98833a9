// The agent: waits for work, claims it, starts it, watches it. What it has started goes on while the server is away.
import { hostname } from "node:os";
import type { Client } from "#client/client.ts";
import { infrastructureOfPool } from "#domain/work-pool-types.ts";
import type { Infrastructures } from "#infrastructure/infrastructure.ts";
import { type Clock, systemClock } from "#lib/clock.ts";
import { messageOf, OrchError } from "#lib/errors.ts";
import { createLoop } from "#lib/loop.ts";
import { watchWake } from "#lib/process/wake.ts";
import { isUnavailable } from "#lib/retry.ts";
import { localTime } from "#lib/time/local-time.ts";
import { toTimestamp } from "#lib/time/timestamps.ts";
import type { Settings } from "#settings/table.ts";
import type { QueuedFlowRun } from "#wire/runs/flow-runs.ts";
import { sendHeartbeats } from "#wire/runs/heartbeats.ts";
import { adoptLeftJobs } from "./adoption.ts";
import { createCancellations } from "./cancellations.ts";
import { type Claim, type ClaimOptions, claim } from "./claim.ts";
import { type CareOptions, type InCare, lookAfter } from "./flow-run.ts";
import { createHandingBack } from "./hand-back.ts";
import { createPreparations, type Preparation } from "./job.ts";
import { sendOrphanedLogs } from "./orphaned-logs.ts";
import { createServerLink } from "./server-link.ts";
import { createShortage } from "./shortage.ts";
import { createStartLimiter } from "./start-limiter.ts";
import { createVouching } from "./vouching.ts";
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
  /** Works until `drain` or `abort`; with `once`, until the runs that are due now have ended. */
  run(options?: { once?: boolean }): Promise<void>;
  /** Takes no new work, hands back what is not due yet, and says which runs it waits for. */
  drain(): void;
  /** Ends the runs and reports each. Resolves within seconds, whatever hangs: then the process may end. */
  abort(): Promise<void>;
}

const MOST_AT_ONCE = 50;
/** The API gives no more. */
const MOST_ROWS = 200;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 2_000;
/** The server refuses to work, rather than the request: not at once a reason to give up. */
const MOST_FAILURES = 3;
/** Time for everything that is left to do when the agent has to end now. */
const ABORT_SECONDS = 6;
/** Before that, for the server to take back what has not begun. */
const HAND_BACK_SECONDS = 1;

export function createAgent(options: AgentOptions): Agent {
  const { client, clock, settings, infrastructure, limit, prefetchSeconds, output, worker, pool } = options;
  const role = worker ? "worker" : "agent";
  const say = (line: string) => output(`${localTime(clock.now())} | INFO    | ${role} - ${line}`);
  const draining = new AbortController();
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
  const { most } = infrastructure;
  const atOnce = Math.min(limit ?? Number.POSITIVE_INFINITY, most?.jobs ?? Number.POSITIVE_INFINITY);
  const waitSeconds = settings.ORCH_AGENT_QUERY_INTERVAL;
  const cancellations = createCancellations({ ...shared, clock, source, inCare, waitSeconds });
  let isCrowdSaid = false;
  const care: CareOptions & ClaimOptions = {
    ...shared,
    ...{ clock, settings },
    claimMessage: `Claimed by agent ${hostname()}:${process.pid}.`,
    stopNow: stopNow.signal,
    isBeingCancelled: cancellations.isUnderWay,
    print: output,
  };
  const newPreparation =
    registration && pool !== null
      ? createWorkerPreparations({
          client,
          pool,
          type: infrastructureOfPool(worker?.type ?? "") ?? "process",
          signal: giveUp.signal,
        })
      : createPreparations(client, giveUp.signal);
  const startLimiter = createStartLimiter(clock);
  const horizon = () => toTimestamp(clock.now() + prefetchSeconds * 1000);
  const gaveUp = Promise.withResolvers<void>();
  const vouchedFor = createVouching({ clock, settings, link, say });
  const handingBack = createHandingBack({ ...shared, clock });
  let running = Promise.resolve();
  let handingOver: Promise<void> | undefined;
  let isAborting = false;

  /** True when the run is now in this agent's care. */
  async function take(run: QueuedFlowRun, preparation: Preparation): Promise<boolean> {
    const turn = await startLimiter.turn();
    let claimed: Claim | null;
    try {
      const isUnwanted = draining.signal.aborted || shortage.isShort();
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
    if (draining.signal.aborted) void handingBack.offer([taken]);
    return true;
  }

  /** Finds work and takes it; gives the number of runs taken. */
  async function pass(before: string, waitSeconds: number): Promise<number> {
    await shortage.over(draining.signal);
    const free = Math.min(atOnce - inCare.size, MOST_AT_ONCE);
    if (free <= 0) {
      sayCrowded();
      await Promise.race([...inCare.values()].map(({ ended }) => ended));
      return pass(before, waitSeconds);
    }
    // A flow that retries in its own process is scheduled too; its process is still ours to watch.
    const rows = Math.min(free + inCare.size, MOST_ROWS);
    const asked = { before, limit: rows, waitSeconds, signal: draining.signal };
    const found = await link.attempt(() => source.next(asked));
    const fresh = found.filter((run) => !inCare.has(run.id)).slice(0, free);
    const preparation = newPreparation();
    const taken = (await Promise.all(fresh.map((run) => take(run, preparation)))).filter(Boolean).length;
    // What is offered and cannot be taken is offered again at once.
    if (taken === 0 && found.length > 0) await clock.sleep(FIRST_PAUSE_MS, draining.signal);
    return taken;
  }

  /** Everything that is due now, or about to be. */
  async function workOnce(): Promise<void> {
    const before = horizon();
    while (!draining.signal.aborted && (await pass(before, 0)) > 0);
  }

  async function work(): Promise<void> {
    let pause = FIRST_PAUSE_MS;
    let failures = 0;
    while (!draining.signal.aborted) {
      try {
        await pass(horizon(), waitSeconds);
        pause = FIRST_PAUSE_MS;
        failures = 0;
      } catch (error) {
        if (!isUnavailable(error)) failures += 1;
        const isPassing = isUnavailable(error) || (error instanceof OrchError && error.code === "internal");
        if (draining.signal.aborted || !isPassing || failures >= MOST_FAILURES) throw error;
        await clock.sleep(pause, draining.signal);
        pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
      }
    }
  }

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

  function sayCrowded(): void {
    if (isCrowdSaid || !most || most.jobs > atOnce || most.jobs === limit) return;
    isCrowdSaid = true;
    say(`At most ${most.jobs} flow run(s) at a time: ${most.reason}. The others wait.`);
  }

  function sayWaiting(runs: Iterable<InCare> = inCare.values()): void {
    const names = [...runs].map(({ run }) => `'${run.name}'`);
    if (names.length === 0) return;
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
      await (once ? workOnce() : work());
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
    async run({ once = false } = {}) {
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
