// Runs that somebody asked to cancel: their processes are ended, then they are Cancelled.
import type { Client } from "#client/client.ts";
import { Cancelled } from "#domain/states.ts";
import type { Infrastructure } from "#infrastructure/infrastructure.ts";
import { messageOf } from "#lib/errors.ts";
import { type FlowRun, listFlowRuns, setFlowRunState } from "#wire/flow-runs.ts";
import type { WorkSource } from "./work-source.ts";

const GRACE_SECONDS = 30;
const UNKNOWN_PLACE =
  "The run was cancelled, but it is not known where it executes: its process may go on until it ends by itself.";

export interface CancellationOptions {
  client: Client;
  infrastructure: Infrastructure;
  source: Pick<WorkSource, "filter">;
  say: (line: string) => void;
}

/** Handles each run once at a time; a run that could not be ended is tried again by the next call. */
export function createCancellations({ client, infrastructure, source, say }: CancellationOptions) {
  const underway = new Map<string, Promise<void>>();

  async function cancel(run: FlowRun): Promise<void> {
    const pid = run.infrastructure_pid;
    const outcome = pid ? await infrastructure.kill(pid, GRACE_SECONDS) : "not-found";
    if (outcome === "not-ours") return;
    const message = pid ? (run.state?.message ?? null) : UNKNOWN_PLACE;
    const state = Cancelled({ message });
    await client.call(setFlowRunState, { params: { id: run.id }, body: { state, force: true } });
    say(`Cancelled flow run '${run.name}' (${run.id})`);
  }

  return {
    async look(): Promise<void> {
      const body = { flow_runs: { state: { type: { any_: ["CANCELLING" as const] } } }, ...source.filter() };
      for (const run of await client.call(listFlowRuns, { body })) {
        if (underway.has(run.id)) continue;
        const work = cancel(run)
          .catch((error) => say(`Flow run '${run.name}' could not be cancelled: ${messageOf(error)}`))
          .finally(() => underway.delete(run.id));
        underway.set(run.id, work);
      }
    },
    /** Resolves when no cancellation is under way. */
    async settled(): Promise<void> {
      await Promise.all(underway.values());
    },
  };
}
