// The agent: waits for work, claims it, starts it, watches it. What it has started goes on while the server is away.
import type { Client } from "#client/client.ts";
import type { Infrastructure } from "#infrastructure/infrastructure.ts";
import type { Clock } from "#lib/clock.ts";
import { messageOf } from "#lib/errors.ts";
import { localTime } from "#lib/local-time.ts";
import { createLoop } from "#lib/loop.ts";
import { isUnavailable } from "#lib/patience.ts";
import type { Settings } from "#settings/table.ts";
import type { FlowRun } from "#wire/flow-runs.ts";
import { sendHeartbeats } from "#wire/heartbeats.ts";
import { createCancellations } from "./cancellations.ts";
import { type CareOptions, type InCare, takeCare } from "./flow-run.ts";
import { createPace } from "./pace.ts";
import { createWorkSource } from "./work-source.ts";

export interface AgentOptions {
  client: Client;
  clock: Clock;
  settings: Settings;
  infrastructure: Infrastructure;
  queues: readonly string[];
  /** `null`: queues of the default pool. Without queues: all queues of the pool. */
  pool: string | null;
  /** Most runs at a time; `null` for no limit. */
  limit: number | null;
  prefetchSeconds: number;
  /** Gets one line at a time: what the agent does, and what its runs print. */
  output: (line: string) => void;
}

export interface Agent {
  /** Works until `drain` or `abort`; with `once`, until the runs that are due now have ended. */
  run(options?: { once?: boolean }): Promise<void>;
  /** Takes no new work, and says which runs it waits for. */
  drain(): void;
  /** Ends the runs now. Each is reported; none is left running. */
  abort(): Promise<void>;
}

const MOST_AT_ONCE = 50;
const ABORT_GRACE_SECONDS = 5;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 2_000;

export function createAgent(options: AgentOptions): Agent {
  const { client, clock, settings, infrastructure, limit, output } = options;
  const say = (line: string) => output(`${localTime(clock.now())} | INFO    | agent - ${line}`);
  const source = createWorkSource(options);
  const cancellations = createCancellations({ client, infrastructure, source, say });
  const care: CareOptions = { client, clock, infrastructure, blocks: new Map(), say, print: output };
  const pace = createPace(clock);
  const inCare = new Map<string, InCare>();
  const stopping = new AbortController();

  /** Claims and starts a run; resolves when it is under way. */
  async function take(run: FlowRun): Promise<void> {
    await pace.turn();
    if (stopping.signal.aborted) return;
    const taken = await takeCare(care, run);
    if (!taken) return;
    const ended = taken.ended.finally(() => inCare.delete(run.id));
    inCare.set(run.id, { ...taken, ended });
    pace.started(ended);
  }

  async function pass(waitSeconds: number): Promise<number> {
    const free = limit === null ? MOST_AT_ONCE : Math.min(limit - inCare.size, MOST_AT_ONCE);
    if (free <= 0) {
      await Promise.race([...inCare.values()].map(({ ended }) => ended));
      return 0;
    }
    const found = await source.next({ limit: free + inCare.size, waitSeconds, signal: stopping.signal });
    // A flow that retries in its own process is scheduled too; its process is still ours to watch.
    const fresh = found.filter((run) => !inCare.has(run.id)).slice(0, free);
    if (fresh.length === 0 && found.length > 0) await clock.sleep(FIRST_PAUSE_MS, stopping.signal);
    await Promise.all(fresh.map(take));
    return fresh.length;
  }

  async function work(once: boolean): Promise<void> {
    const waiting = createAwayNotice(client.description, say);
    let pause = FIRST_PAUSE_MS;
    while (!stopping.signal.aborted) {
      try {
        const taken = await pass(once ? 0 : settings.ORCH_AGENT_QUERY_INTERVAL);
        waiting.isBack();
        pause = FIRST_PAUSE_MS;
        if (once && taken === 0) return;
      } catch (error) {
        if (stopping.signal.aborted) return;
        if (!isUnavailable(error) || once) throw error;
        waiting.isAway();
        await clock.sleep(pause, stopping.signal);
        pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
      }
    }
  }

  const pulse = createLoop({
    clock,
    delay: () => settings.ORCH_HEARTBEAT_SECONDS * 1000,
    async runOnce() {
      const flow_run_ids = [...inCare.keys()];
      if (flow_run_ids.length > 0) await client.call(sendHeartbeats, { body: { flow_run_ids } });
      await cancellations.look();
    },
    onError(error) {
      // That the server is away is said once, by the loop that waits for work.
      if (!isUnavailable(error)) say(`A sign of life was refused: ${messageOf(error)}`);
    },
  });

  return {
    async run({ once = false } = {}) {
      await source.prepare();
      pulse.start();
      try {
        await work(once);
        await Promise.all([...inCare.values()].map(({ ended }) => ended));
        await cancellations.settled();
      } finally {
        await pulse.stop();
      }
    },
    drain() {
      if (stopping.signal.aborted) return;
      stopping.abort();
      const names = [...inCare.values()].map(({ run }) => `'${run.name}'`);
      if (names.length > 0) say(`Waiting for ${names.length} flow run(s) to finish: ${names.join(", ")}`);
    },
    async abort() {
      stopping.abort();
      const all = [...inCare.values()];
      if (all.length > 0) say(`Stopping ${all.length} flow run(s) now.`);
      await Promise.all(all.map(({ pid }) => infrastructure.kill(pid, ABORT_GRACE_SECONDS)));
      await Promise.all(all.map(({ ended }) => ended));
    },
  };
}

/** Says once that the server is away, and once that it is back. */
function createAwayNotice(where: string, say: (line: string) => void) {
  let away = false;
  return {
    isAway() {
      if (!away) say(`Lost the server at ${where}. Waiting for it; runs under way go on.`);
      away = true;
    },
    isBack() {
      if (away) say(`The server at ${where} is back.`);
      away = false;
    },
  };
}
