// Reads the flow runs that `orch flow-run ls` shows: what runs or waits now, then what happened, the latest first.
import type { Client } from "#client/client.ts";
import { TERMINAL_TYPES } from "#domain/states.ts";
import { toMillis, toTimestamp } from "#lib/time/timestamps.ts";
import { listDeployments } from "#wire/deployments/deployments.ts";
import { listFlows } from "#wire/deployments/flows.ts";
import { countFlowRuns, type FlowRun, type ListFlowRuns, listFlowRuns } from "#wire/runs/flow-runs.ts";
import type { StateType } from "#wire/runs/states.ts";
import { allPages } from "../kit/pages.ts";
import { stateFilter, type WantedStates } from "../options/state-filter.ts";

export interface Wanted {
  flows: readonly string[];
  deploymentIds: readonly string[];
  states: WantedStates;
  /** In milliseconds: runs that ended before are left out. */
  since: number | undefined;
  /** Only what waits for its time, the soonest first. */
  scheduled: boolean;
  limit: number;
  /** In milliseconds. */
  now: number;
}

export interface Listed {
  runs: FlowRun[];
  /** How many wait for their time, of those that the filters let through. */
  scheduled: number;
}

const UNDER_WAY: readonly StateType[] = ["RUNNING", "CANCELLING", "PAUSED", "PENDING"];

export async function wantedRuns(client: Client, wanted: Wanted): Promise<Listed> {
  const { limit, states, since, now } = wanted;
  const at = toTimestamp(now);
  const due = { expected_start_time: { before_: at } };
  const future = { expected_start_time: { after_: at } };
  const read = (types: readonly StateType[], sort: ListFlowRuns["sort"], rest: Partial<FlowRuns> = {}) => {
    const body = bodyFor(wanted, types, rest);
    return body === undefined
      ? Promise.resolve([])
      : allPages((page) => client.call(listFlowRuns, { body: { ...body, ...page, sort } }), limit);
  };
  const upcoming = () => read(["SCHEDULED"], "NEXT_SCHEDULED_START_TIME_ASC", future);
  const futureBody = bodyFor(wanted, ["SCHEDULED"], future);
  const scheduled = futureBody ? await client.call(countFlowRuns, { body: futureBody }) : 0;
  if (wanted.scheduled) return { runs: await upcoming(), scheduled };
  const [underWay, waiting, ended, unbegun] = await Promise.all([
    read(UNDER_WAY, "START_TIME_DESC"),
    read(["SCHEDULED"], "EXPECTED_START_TIME_DESC", due),
    read(TERMINAL_TYPES, "END_TIME_DESC"),
    // A run that ended before it began has no such time.
    read(TERMINAL_TYPES, "EXPECTED_START_TIME_DESC", { start_time: { is_null_: true } }),
  ]);
  const over = [...new Map([...ended, ...unbegun].map((run) => [run.id, run])).values()];
  const open = latestFirst([...underWay, ...waiting]);
  const asksForFuture = states.names.includes("Scheduled") || states.types.includes("SCHEDULED");
  const happened = latestFirst(over).filter((run) => since === undefined || momentOf(run) >= since);
  const runs = [...open, ...happened, ...(asksForFuture ? await upcoming() : [])].slice(0, limit);
  return { runs, scheduled: asksForFuture ? 0 : scheduled };
}

function latestFirst(runs: readonly FlowRun[]): FlowRun[] {
  return runs.toSorted((a, b) => momentOf(b) - momentOf(a));
}

type FlowRuns = NonNullable<ListFlowRuns["flow_runs"]>;

/** Undefined when the states that are asked for exclude all of these types. */
function bodyFor({ flows, deploymentIds, states }: Wanted, types: readonly StateType[], rest: Partial<FlowRuns>) {
  const left = states.types.length === 0 ? types : types.filter((type) => states.types.includes(type));
  if (left.length === 0) return undefined;
  const state = stateFilter({ names: states.names, types: [...left] });
  return {
    ...(flows.length > 0 ? { flows: { name: { any_: [...flows] } } } : {}),
    flow_runs: {
      ...(deploymentIds.length > 0 ? { deployment_id: { any_: [...deploymentIds] } } : {}),
      ...(state ? { state } : {}),
      ...rest,
    },
  };
}

/**
 * When the run ended, began, or is due, in milliseconds: what it is sorted by is what is shown. A run that an agent holds
 * ready is Pending, and is due as it was before.
 */
export function momentOf({ state_type, state, end_time, start_time, expected_start_time, created }: FlowRun): number {
  const isOver = state_type !== null && TERMINAL_TYPES.includes(state_type);
  if (isOver) return toMillis(end_time ?? state?.timestamp ?? created);
  if (state_type === "SCHEDULED")
    return toMillis(state?.state_details.scheduled_time ?? expected_start_time ?? created);
  if (state_type === "PENDING" && start_time === null) return toMillis(expected_start_time ?? created);
  return toMillis(start_time ?? state?.timestamp ?? created);
}

export interface WithNames {
  flow_name: string;
  deployment_name: string | null;
}

/** `say-hi/marvin`; of a run without a deployment its flow. */
export function flowText({ flow_name, deployment_name }: WithNames): string {
  return deployment_name === null ? flow_name : `${flow_name}/${deployment_name}`;
}

/** The runs with the names of their flows and deployments. */
export async function withNames<T extends Pick<FlowRun, "flow_id" | "deployment_id">>(
  client: Client,
  runs: readonly T[],
): Promise<(T & WithNames)[]> {
  const flowIds = [...new Set(runs.map((run) => run.flow_id))];
  const deploymentIds = [...new Set(runs.flatMap((run) => run.deployment_id ?? []))];
  const [flows, deployments] = await Promise.all([
    allPages((page) => client.call(listFlows, { body: { flows: { id: { any_: flowIds } }, ...page } })),
    deploymentIds.length === 0
      ? []
      : allPages((page) =>
          client.call(listDeployments, { body: { deployments: { id: { any_: deploymentIds } }, ...page } }),
        ),
  ]);
  const names = new Map([...flows, ...deployments].map(({ id, name }) => [id, name]));
  return runs.map((run) => ({
    ...run,
    flow_name: names.get(run.flow_id) ?? "",
    deployment_name: names.get(run.deployment_id ?? "") ?? null,
  }));
}
