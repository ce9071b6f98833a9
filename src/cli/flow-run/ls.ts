// `orch flow-run ls`.

import type { Client } from "#client/client.ts";
import { systemClock } from "#lib/clock.ts";
import { durationText, relativeTime } from "#lib/text/words-of-time.ts";
import { countFlowRuns, type FlowRun } from "#wire/runs/flow-runs.ts";
import { withApi } from "../api.ts";
import { deploymentNamed } from "../deployment/named.ts";
import { command, type Io, LIST_OPTIONS } from "../kit/command.ts";
import { wholeNumber } from "../options/numbers.ts";
import { readSince, SINCE_OPTION } from "../options/since.ts";
import { STATE_OPTIONS, wantedStates } from "../options/state-filter.ts";
import { json } from "../terminal/layout.ts";
import { table } from "../terminal/output.ts";
import { stateColour } from "../terminal/state-colours.ts";
import { flowText, momentOf, type WithNames, wantedRuns, withNames } from "./listing.ts";

const USUAL_LIMIT = 15;
type Shown = FlowRun & WithNames;

export const ls = command({
  description: "List flow runs: those running now, then the finished ones, latest first.",
  examples: [
    "orch flow-run ls",
    "orch flow-run ls --state failed --since 2h",
    "orch flow-run ls --deployment say-hi/marvin --limit 50",
    "orch flow-run ls --scheduled",
    "orch flow-run ls --flow-name say-hi --json",
  ],
  options: {
    "flow-name": { type: "string", multiple: true, description: "Only runs of this flow." },
    deployment: {
      type: "string",
      alias: "d",
      multiple: true,
      description: "Only runs of this deployment: <flow-name>/<deployment-name>.",
    },
    ...STATE_OPTIONS,
    ...SINCE_OPTION,
    scheduled: { type: "boolean", description: "Only runs that are scheduled for later, soonest first." },
    limit: { type: "string", description: `How many runs. Default: ${USUAL_LIMIT}.` },
    ...LIST_OPTIONS,
  },
  async run({ options, io, loaded }) {
    const limit = wholeNumber("--limit", options.limit, 1) ?? USUAL_LIMIT;
    const now = systemClock.now();
    const since = readSince(options.since, now);
    await withApi(loaded.settings, async ({ client }) => {
      const states = await wantedStates(options, (name) => isUsed(client, name));
      const deployments = await Promise.all(options.deployment.map((name) => deploymentNamed(client, name)));
      const { runs, scheduled } = await wantedRuns(client, {
        ...{ flows: options["flow-name"], deploymentIds: deployments.map(({ id }) => id) },
        ...{ states, since, scheduled: options.scheduled, limit, now },
      });
      const named = await withNames(client, runs);
      if (options.json) return io.out(json(named));
      if (named.length === 0) return io.out(await noneText(client, scheduled));
      print(io, named, now);
      const more = options.scheduled ? scheduled - named.length : scheduled;
      if (more > 0)
        io.out(
          `and ${more} ${options.scheduled ? `more: --limit ${scheduled}` : "scheduled: orch flow-run ls --scheduled"}`,
        );
    });
  },
});

function print(io: Io, runs: readonly Shown[], now: number): void {
  const rows = runs.map((run) => [
    run.name,
    flowText(run),
    { text: run.state_name ?? "", colour: stateColour(run, io.paint) },
    relativeTime(momentOf(run), now),
    run.start_time === null ? "" : durationText(run.estimated_run_time),
    run.id,
  ]);
  io.out(table("Flow Runs", ["Name", "Flow", "State", "When", "Took", "ID"], rows, io.columns));
}

async function isUsed(client: Client, name: string): Promise<boolean> {
  return (await client.call(countFlowRuns, { body: { flow_runs: { state: { name: { any_: [name] } } } } })) > 0;
}

async function noneText(client: Client, scheduled: number): Promise<string> {
  if (scheduled > 0) return `Nothing has run yet. ${scheduled} scheduled: orch flow-run ls --scheduled`;
  const all = await client.call(countFlowRuns, { body: {} });
  if (all === 0) return "No flow runs found. Make one with 'orch deployment run FLOW/DEPLOYMENT'.";
  return `The filter matches none of ${all} flow run${all === 1 ? "" : "s"}.`;
}
