// Takes over the jobs of agents that are gone: containers go on without them, and their end has to be seen and reported.
import { isNoLongerYours } from "#client/attempt.ts";
import type { Client } from "#client/client.ts";
import type { Job, LeftJob, Started } from "#infrastructure/infrastructure.ts";
import { messageOf, OrchError } from "#lib/errors.ts";
import { type QueuedFlowRun, readFlowRun } from "#wire/runs/flow-runs.ts";
import { insistOnEnd } from "./ending.ts";
import { type CareOptions, careFor, type InCare, type OwnCare } from "./flow-run.ts";
import { blockOf, type Preparation } from "./job.ts";

/** Between two tries to reach where a job runs. */
const RETRY_MS = 5_000;

export interface AdoptionOptions {
  shared: CareOptions;
  inCare: Map<string, InCare>;
  newPreparation: () => Preparation;
}

/** Looks for such jobs once; those that are found are in care from then on. */
export function adoptLeftJobs({ shared, inCare, newPreparation }: AdoptionOptions): void {
  for (const left of shared.infrastructure.takeLeft()) {
    void adopt(left).catch((error) => {
      if (!shared.giveUp.aborted)
        shared.say(`The job of flow run '${left.run.name}' is left alone: ${messageOf(error)}`);
    });
  }

  async function adopt(left: LeftJob): Promise<void> {
    const run = await readRun(shared, left.run.id);
    if (!run) return endUnknown(shared, left, newPreparation());
    if (inCare.has(run.id)) return;
    shared.say(`Looking after flow run '${run.name}' (${run.id}), whose agent is gone.`);
    const preparation = newPreparation();
    const adopted = careFor(shared, { run, token: left.attempt }, (options) => follow(options, left, run, preparation));
    inCare.set(run.id, adopted);
    await adopted.ended;
    inCare.delete(run.id);
  }
}

async function readRun(
  { client, link }: Pick<CareOptions, "client" | "link">,
  id: string,
): Promise<QueuedFlowRun | null> {
  const call: Client["call"] = (endpoint, input) => link.insist((again) => client.call(endpoint, input, again));
  return call(readFlowRun, { params: { id } }).catch((error) => {
    if (error instanceof OrchError && error.code === "not_found") return null;
    throw error;
  });
}

/** Ends the job of a run that was deleted: no client waits for its end any more. */
async function endUnknown(shared: CareOptions, left: LeftJob, preparation: Preparation): Promise<void> {
  const { infrastructure, giveUp } = shared;
  const { run, pid, deployment } = left;
  const block = () => blockOf(preparation, { ...run, deployment_id: deployment });
  const outcome = await insistOnEnd(shared, run.name, { pid, flowRunId: run.id, block }, 0, giveUp);
  if (outcome === "not-ours") {
    shared.say(`The job of flow run '${run.name}', which was deleted, is not known here and may go on: ${pid}`);
  }
  const rest = await infrastructure.adopt(pid, bareJob(run), async () => false);
  await rest?.exited;
}

/** Null where nothing is left of it: then the server notices that nothing is heard of the run. */
async function follow(
  options: OwnCare,
  { pid, attempt }: LeftJob,
  run: QueuedFlowRun,
  preparation: Preparation,
): Promise<Started | null> {
  const { clock, link, infrastructure, stopNow, lost, say, print } = options;
  // Of a deployment that was deleted nothing is known but the run.
  const prepared = await link.insist(() => preparation.jobOf(run)).catch(() => bareJob(run));
  const job: Job = { ...prepared, attempt, output: print };
  const stop = AbortSignal.any([stopNow, lost]);
  for (let isSaid = false; !stop.aborted; isSaid = true) {
    try {
      return await infrastructure.adopt(pid, job, () => isAwaited(options, run.id));
    } catch (error) {
      if (!isSaid)
        say(`Where flow run '${run.name}' executes cannot be reached: ${messageOf(error)} It is tried again.`);
    }
    await clock.sleep(RETRY_MS, stop);
  }
  return null;
}

/** Whether the run waits for this execution still: it was not cancelled, given up for lost or started again meanwhile. */
async function isAwaited(options: OwnCare, id: string): Promise<boolean> {
  try {
    return (await readRun(options, id))?.state_type === "PENDING";
  } catch (error) {
    if (isNoLongerYours(error)) return false;
    throw error;
  }
}

function bareJob({ id, name }: { id: string; name: string }): Job {
  return { run: { id, name }, deployment: null, type: "", block: {}, output: () => {} };
}
