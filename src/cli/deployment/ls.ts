// `orch deployment ls`: what there is, when it runs, where, how the last run ended and when the next one is due.
import { catchupText } from "#domain/catchup.ts";
import { systemClock } from "#lib/clock.ts";
import { relativeTime } from "#lib/text/words-of-time.ts";
import { toTimestamp } from "#lib/time/timestamps.ts";
import { NO_POLICIES, type SetPolicies, setPoliciesOf } from "#project/deployments/run-policies.ts";
import { type Deployment, listDeployments } from "#wire/deployments/deployments.ts";
import { listFlows } from "#wire/deployments/flows.ts";
import { DEFAULT_POOL } from "#wire/pools/work-pools.ts";
import type { FlowRun } from "#wire/runs/flow-runs.ts";
import { withApi } from "../api.ts";
import { momentOf } from "../flow-run/listing.ts";
import { command, type Io, LIST_OPTIONS } from "../kit/command.ts";
import { allPages } from "../kit/pages.ts";
import { json } from "../terminal/layout.ts";
import { type Cell, table } from "../terminal/output.ts";
import { stateColour } from "../terminal/state-colours.ts";
import { type RunsOf, runsOfEach } from "./listing.ts";
import { scheduleText } from "./schedule-text.ts";

export const ls = command({
  description: "List deployments, with their schedules, queues, last and next runs.",
  examples: ["orch deployment ls --flow-name say-hi", "orch deployment ls --by-created --json"],
  options: {
    "flow-name": { type: "string", multiple: true, description: "Only deployments of this flow." },
    "by-created": { type: "boolean", description: "Newest first, instead of by name." },
    ...LIST_OPTIONS,
  },
  async run({ options, io, loaded }) {
    const names = options["flow-name"];
    const filter = names.length > 0 ? { flows: { name: { any_: names } } } : {};
    const sort = options["by-created"] ? ("CREATED_DESC" as const) : ("NAME_ASC" as const);
    const now = systemClock.now();
    const listed = await withApi(loaded.settings, async ({ client }): Promise<Listed[]> => {
      const [deployments, flows] = await Promise.all([
        allPages((page) => client.call(listDeployments, { body: { ...filter, ...page, sort } })),
        allPages((page) => client.call(listFlows, { body: page })),
      ]);
      const flowNames = new Map(flows.map(({ id, name }) => [id, name]));
      const runs = await runsOfEach(client, deployments, toTimestamp(now));
      const policies = await setPoliciesOf(
        client,
        deployments.map(({ id }) => id),
      );
      return deployments.map((deployment) => ({
        ...{ deployment, flow: flowNames.get(deployment.flow_id) ?? "" },
        ...(runs.get(deployment.id) ?? { last: undefined, next: undefined }),
        policies: policies.get(deployment.id),
      }));
    });
    const sorted = options["by-created"] ? listed : listed.toSorted(byName);
    if (options.json) return io.out(json(sorted.map(forScripts)));
    if (sorted.length === 0) return io.out(names.length > 0 ? noneOf(names) : NONE);
    const policies = POLICIES.filter(({ textOf }) => sorted.some((one) => textOf(one.policies ?? NO_POLICIES) !== ""));
    const rows = await Promise.all(sorted.map((one) => rowOf(one, now, io, policies)));
    const head = ["Name", "Schedule", ...policies.map(({ title }) => title), "Queue", "Last Run", "Next Run", "ID"];
    io.out(table("Deployments", head, rows, io.columns));
  },
});

interface Listed extends RunsOf {
  deployment: Deployment;
  flow: string;
  /** Undefined for a deployment that sets none. */
  policies: SetPolicies | undefined;
}

interface Policy {
  title: string;
  /** Empty where a deployment does not set it. */
  textOf(policies: SetPolicies): string;
}

/** A column is shown where a deployment sets it. */
const POLICIES: readonly Policy[] = [
  { title: "Overlap", textOf: ({ overlap }) => overlap ?? "" },
  { title: "Catch-up", textOf: ({ catchup }) => (catchup === null ? "" : catchupText(catchup)) },
];

async function rowOf(listed: Listed, now: number, io: Io, shown: readonly Policy[]): Promise<Cell[]> {
  const { deployment, flow, last, next, policies = NO_POLICIES } = listed;
  return [
    `${flow}/${deployment.name}`,
    await scheduleText(deployment),
    ...shown.map(({ textOf }) => textOf(policies)),
    queueText(deployment),
    last ? lastRun(last, now, io) : "",
    next ? nextText(momentOf(next), now) : "",
    deployment.id,
  ];
}

/** Those that are set. */
function set(policies: SetPolicies = NO_POLICIES): Partial<SetPolicies> {
  return Object.fromEntries(Object.entries(policies).filter(([, value]) => value !== null));
}

/** The pool is shown unless it is the default one. */
function queueText({ work_queue_name: queue, work_pool_name: pool }: Deployment): string {
  return pool && pool !== DEFAULT_POOL ? `${pool}/${queue ?? "default"}` : (queue ?? "none");
}

/** A run that waits to be tried again may be due already. */
function nextText(due: number, now: number): string {
  return due < now ? `due ${relativeTime(due, now)}` : relativeTime(due, now);
}

function lastRun(run: FlowRun, now: number, io: Io): Cell {
  const text = `${run.state_name} ${relativeTime(momentOf(run), now)}`;
  return { text, colour: stateColour(run, io.paint) };
}

/** The deployment with what a script would have to ask for besides. */
function forScripts({ deployment, flow, last, next, policies }: Listed) {
  const summary = (run: FlowRun | undefined) =>
    run === undefined
      ? null
      : { id: run.id, name: run.name, state_name: run.state_name, time: toTimestamp(momentOf(run)) };
  return { ...deployment, ...set(policies), flow_name: flow, last_run: summary(last), next_run: summary(next) };
}

const NONE = "There are no deployments yet. Make one with 'orch deployment build -n NAME -q QUEUE -a FILE:FLOW'.";

function noneOf(flows: readonly string[]): string {
  const shown = flows.map((name) => `'${name}'`).join(" or ");
  return `There are no deployments of ${shown}. 'orch deployment ls' lists those of all flows.`;
}

/** By the flow's name, then by the deployment's; capitals first. */
function byName(a: Listed, b: Listed): number {
  return compare(a.flow, b.flow) || compare(a.deployment.name, b.deployment.name);
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
