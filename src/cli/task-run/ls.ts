// `orch task-run ls`.

import { systemClock } from "#lib/clock.ts";
import { toMillis } from "#lib/timestamps.ts";
import { relativeTime } from "#lib/words-of-time.ts";
import { listFlowRuns } from "#wire/flow-runs.ts";
import { listTaskRuns } from "#wire/task-runs.ts";
import { withApi } from "../api.ts";
import { command, JSON_OPTION } from "../command.ts";
import { checkedRunId, flowRunWithId } from "../flow-run/named.ts";
import { json } from "../layout.ts";
import { wholeNumber } from "../numbers.ts";
import { table } from "../output.ts";
import { allPages } from "../pages.ts";
import { STATE_OPTIONS, stateFilter } from "../state-filter.ts";

const USUAL_LIMIT = 15;
/** So many ids go into one question. */
const MOST_IDS = 200;

export const ls = command({
  description: "List task runs, the latest first.",
  examples: [
    "orch task-run ls",
    "orch task-run ls --flow-run 01a20946-350f-70f8-ab27-c804bdef8934",
    "orch task-run ls --state-type FAILED --limit 50 --json",
  ],
  options: {
    "flow-run": { type: "string", multiple: true, description: "Only task runs of the flow run with this id." },
    limit: { type: "string", description: `How many task runs. Default ${USUAL_LIMIT}.` },
    ...STATE_OPTIONS,
    ...JSON_OPTION,
  },
  async run({ options, io, loaded }) {
    const limit = wholeNumber("--limit", options.limit, 1) ?? USUAL_LIMIT;
    const parents = options["flow-run"].map(checkedRunId);
    const state = stateFilter(options);
    const body = {
      sort: "EXPECTED_START_TIME_DESC" as const,
      ...(parents.length > 0 ? { flow_runs: { id: { any_: parents } } } : {}),
      ...(state ? { task_runs: { state } } : {}),
    };
    const { runs, names } = await withApi(loaded.settings, async ({ client }) => {
      for (const parent of parents) await flowRunWithId(client, parent);
      const runs = await allPages((page) => client.call(listTaskRuns, { body: { ...body, ...page } }), limit);
      const names = new Map<string, string>();
      const ids = options.json ? [] : [...new Set(runs.map((run) => run.flow_run_id))];
      for (let from = 0; from < ids.length; from += MOST_IDS) {
        const flow_runs = { id: { any_: ids.slice(from, from + MOST_IDS) } };
        for (const { id, name } of await client.call(listFlowRuns, { body: { flow_runs } })) names.set(id, name);
      }
      return { runs, names };
    });
    if (options.json) return io.out(json(runs));
    if (runs.length === 0) return io.out("No task runs found. They appear when a flow calls its tasks.");
    const now = systemClock.now();
    const rows = runs.map((run) => [
      ...[run.id, names.get(run.flow_run_id) ?? "", run.name, `${run.state_name} (${run.state_type})`],
      relativeTime(toMillis(run.state?.timestamp ?? run.created), now),
    ]);
    io.out(table("Task Runs", ["ID", "Flow Run", "Name", "State", "When"], rows, io.columns));
  },
});
