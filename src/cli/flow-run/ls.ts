// `orch flow-run ls`.

import { systemClock } from "#lib/clock.ts";
import { toMillis } from "#lib/timestamps.ts";
import { relativeTime } from "#lib/words-of-time.ts";
import { listFlowRuns } from "#wire/flow-runs.ts";
import { listFlows } from "#wire/flows.ts";
import { withApi } from "../api.ts";
import { command, JSON_OPTION } from "../command.ts";
import { json } from "../layout.ts";
import { wholeNumber } from "../numbers.ts";
import { table } from "../output.ts";
import { allPages } from "../pages.ts";
import { STATE_OPTIONS, stateFilter } from "../state-filter.ts";

const USUAL_LIMIT = 15;

export const ls = command({
  description: "List flow runs, the latest first.",
  examples: [
    "orch flow-run ls",
    "orch flow-run ls --state-type FAILED --limit 50",
    "orch flow-run ls --flow-name say-hi --json",
  ],
  options: {
    "flow-name": { type: "string", multiple: true, description: "Only runs of this flow." },
    limit: { type: "string", description: `How many runs. Default ${USUAL_LIMIT}.` },
    ...STATE_OPTIONS,
    ...JSON_OPTION,
  },
  async run({ options, io, loaded }) {
    const limit = wholeNumber("--limit", options.limit, 1) ?? USUAL_LIMIT;
    const flows = options["flow-name"];
    const state = stateFilter(options);
    const body = {
      sort: "EXPECTED_START_TIME_DESC" as const,
      ...(flows.length > 0 ? { flows: { name: { any_: flows } } } : {}),
      ...(state ? { flow_runs: { state } } : {}),
    };
    const { runs, flowNames } = await withApi(loaded.settings, async ({ client }) => {
      const runs = await allPages((page) => client.call(listFlowRuns, { body: { ...body, ...page } }), limit);
      const any_ = [...new Set(runs.map((run) => run.flow_id))];
      const found = await allPages((page) => client.call(listFlows, { body: { flows: { id: { any_ } }, ...page } }));
      return { runs, flowNames: new Map(found.map(({ id, name }) => [id, name])) };
    });
    if (options.json) return io.out(json(runs));
    if (runs.length === 0) return io.out("No flow runs found. Make one with 'orch deployment run FLOW/DEPLOYMENT'.");
    const now = systemClock.now();
    const rows = runs.map((run) => {
      const when = run.state?.state_details.scheduled_time ?? run.state?.timestamp ?? run.created;
      return [
        run.id,
        flowNames.get(run.flow_id) ?? "",
        run.name,
        `${run.state_name} (${run.state_type})`,
        relativeTime(toMillis(when), now),
      ];
    });
    io.out(table("Flow Runs", ["ID", "Flow", "Name", "State", "When"], rows, io.columns));
  },
});
