// Runs that somebody asked to cancel: their processes are ended, then they are Cancelled.
import type { Client } from "#client/client.ts";
import { Cancelled } from "#domain/states.ts";
import type { Infrastructure } from "#infrastructure/infrastructure.ts";
import { messageOf } from "#lib/errors.ts";
import { type FlowRun, listFlowRuns, setFlowRunState } from "#wire/flow-runs.ts";
import type { InCare } from "./flow-run.ts";
import type { ServerLink } from "./server-link.ts";
import type { WorkSource } from "./work-source.ts";

const GRACE_SECONDS = 30;
const UNKNOWN_PLACE =
  "The run was cancelled, but it is not known where it executes: its process may go on until it ends by itself.";

export interface CancellationOptions {
  client: Client;
  link: ServerLink;
  infrastructure: Infrastructure;
  source: Pick<WorkSource, "filter">;
  inCare: ReadonlyMap<string, InCare>;
  giveUp: AbortSignal;
  say: (line: string) => void;
}

export interface Cancellations {
  /** Sees to the runs that are to be cancelled; one that could not be ended is tried again by the next look. */
  look(): Promise<void>;
  isUnderWay(runId: string): boolean;
  /** Resolves when no cancellation is under way. */
  settled(): Promise<void>;
}

export function createCancellations(options: CancellationOptions): Cancellations {
  const { client, link, infrastructure, source, inCare, giveUp, say } = options;
  const underWay = new Map<string, Promise<void>>();
  /** Another agent's, said so once. */
  const elsewhere = new Set<string>();

  async function cancel(run: FlowRun): Promise<void> {
    // The server may not know yet where a run executes that has just been started.
    const pid = (await inCare.get(run.id)?.pid) ?? run.infrastructure_pid;
    const outcome = pid ? await infrastructure.kill(pid, GRACE_SECONDS) : "not-found";
    if (outcome === "not-ours") {
      if (!elsewhere.has(run.id)) say(`Flow run '${run.name}' executes at ${pid}: an agent there has to cancel it.`);
      elsewhere.add(run.id);
      return;
    }
    const message = pid ? (run.state?.message ?? null) : UNKNOWN_PLACE;
    const body = { state: Cancelled({ message }), force: true };
    await link.insist(() => client.call(setFlowRunState, { params: { id: run.id }, body }, { signal: giveUp }));
    say(`Cancelled flow run '${run.name}' (${run.id})`);
  }

  return {
    async look() {
      const body = { flow_runs: { state: { type: { any_: ["CANCELLING" as const] } } }, ...source.filter() };
      const runs = await link.attempt(() => client.call(listFlowRuns, { body }, { signal: giveUp }));
      for (const id of elsewhere) if (!runs.some((run) => run.id === id)) elsewhere.delete(id);
      for (const run of runs) {
        if (underWay.has(run.id)) continue;
        const work = cancel(run)
          .catch((error) => say(`Flow run '${run.name}' could not be cancelled: ${messageOf(error)}`))
          .finally(() => underWay.delete(run.id));
        underWay.set(run.id, work);
      }
    },
    isUnderWay: (runId) => underWay.has(runId),
    async settled() {
      await Promise.all(underWay.values());
    },
  };
}
