// Reads what `orch deployment ls` shows beside the deployments: their flows, their last run and their next one.
import type { Client } from "#client/client.ts";
import { eachOf } from "#lib/parallel.ts";
import type { Deployment } from "#wire/deployments/deployments.ts";
import { type FlowRun, type ListFlowRuns, listFlowRuns } from "#wire/runs/flow-runs.ts";

/** So many deployments are asked about at a time. */
const AT_ONCE = 10;
/** What one page holds. */
const PAGE = 200;

export interface RunsOf {
  /** The run that began or was due last. */
  last: FlowRun | undefined;
  next: FlowRun | undefined;
}

/** By the ids of the deployments. One page of all runs answers for most; the others are asked about one by one. */
export async function runsOfEach(
  client: Client,
  deployments: readonly Deployment[],
  now: string,
): Promise<Map<string, RunsOf>> {
  const list = (body: ListFlowRuns) => client.call(listFlowRuns, { body });
  const past = { expected_start_time: { before_: now } };
  const future = { expected_start_time: { after_: now }, state: { type: { any_: ["SCHEDULED" as const] } } };
  const latest = { sort: "EXPECTED_START_TIME_DESC" as const };
  const soonest = { sort: "NEXT_SCHEDULED_START_TIME_ASC" as const };
  const [happened, coming] = await Promise.all([
    list({ flow_runs: past, ...latest, limit: PAGE }),
    list({ flow_runs: future, ...soonest, limit: PAGE }),
  ]);
  const lastOf = firstByDeployment(happened);
  const nextOf = firstByDeployment(coming);
  const found = new Map<string, RunsOf>();
  await eachOf(deployments, AT_ONCE, async ({ id, schedule }) => {
    const deployment_id = { any_: [id] };
    const isWhole = happened.length < PAGE;
    const ask = async (flow_runs: NonNullable<ListFlowRuns["flow_runs"]>, order: typeof latest | typeof soonest) =>
      (await list({ flow_runs: { ...flow_runs, deployment_id }, ...order, limit: 1 }))[0];
    const last = lastOf.get(id) ?? (isWhole ? undefined : await ask(past, latest));
    const isNextKnown = coming.length < PAGE || schedule === null;
    const next = nextOf.get(id) ?? (isNextKnown ? undefined : await ask(future, soonest));
    found.set(id, { last, next });
  });
  return found;
}

/** Of a list that is in order: the first of each deployment. */
function firstByDeployment(runs: readonly FlowRun[]): Map<string, FlowRun> {
  const first = new Map<string, FlowRun>();
  for (const run of runs) if (run.deployment_id && !first.has(run.deployment_id)) first.set(run.deployment_id, run);
  return first;
}
