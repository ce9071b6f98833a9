// `orch task-run ls`.

import type { Client } from "#client/client.ts";
import { systemClock } from "#lib/clock.ts";
import { relativeTime } from "#lib/text/words-of-time.ts";
import { toMillis } from "#lib/time/timestamps.ts";
import { listFlowRuns } from "#wire/runs/flow-runs.ts";
import { countTaskRuns, listTaskRuns } from "#wire/runs/task-runs.ts";
import { withApi } from "../api.ts";
import { flowRunNamed } from "../flow-run/named.ts";
import { command, LIST_OPTIONS } from "../kit/command.ts";
import { allPages } from "../kit/pages.ts";
import { wholeNumber } from "../options/numbers.ts";
import { STATE_OPTIONS, stateFilter, wantedStates } from "../options/state-filter.ts";
import { json } from "../terminal/layout.ts";
import { table } from "../terminal/output.ts";
import { stateColour } from "../terminal/state-colours.ts";

const USUAL_LIMIT = 15;
/** So many ids go into one question. */
const MOST_IDS = 200;

export const ls = command({
  description: "List task runs, latest first.",
  examples: [
    "orch task-run ls",
    "orch task-run ls --flow-run 01a20946-350f-70f8-ab27-c804bdef8934",
    "orch task-run ls --state-type FAILED --limit 50 --json",
  ],
  options: {
    "flow-run": {
      type: "string",
      multiple: true,
      description: "Only task runs of this flow run: its id, the start of its id, its name, or 'last'.",
    },
    limit: { type: "string", description: `How many task runs. Default: ${USUAL_LIMIT}.` },
    ...STATE_OPTIONS,
    ...LIST_OPTIONS,
  },
  async run({ options, io, loaded }) {
    const limit = wholeNumber("--limit", options.limit, 1) ?? USUAL_LIMIT;
    const { runs, names, all } = await withApi(loaded.settings, async ({ client }) => {
      const parents = await Promise.all(options["flow-run"].map((run) => flowRunNamed(client, run)));
      const used = (name: string) => isUsed(client, name);
      const state = stateFilter(await wantedStates(options, used));
      const body = {
        sort: "EXPECTED_START_TIME_DESC" as const,
        ...(parents.length > 0 ? { flow_runs: { id: { any_: parents.map(({ id }) => id) } } } : {}),
        ...(state ? { task_runs: { state } } : {}),
      };
      const runs = await allPages((page) => client.call(listTaskRuns, { body: { ...body, ...page } }), limit);
      const names = new Map<string, string>();
      const ids = options.json ? [] : [...new Set(runs.map((run) => run.flow_run_id))];
      for (let from = 0; from < ids.length; from += MOST_IDS) {
        const flow_runs = { id: { any_: ids.slice(from, from + MOST_IDS) } };
        for (const { id, name } of await client.call(listFlowRuns, { body: { flow_runs } })) names.set(id, name);
      }
      const all = runs.length > 0 ? runs.length : await client.call(countTaskRuns, { body: {} });
      return { runs, names, all };
    });
    if (options.json) return io.out(json(runs));
    if (runs.length === 0) {
      const none =
        all === 0
          ? "No task runs found. They appear when a flow calls its tasks."
          : `The filter matches none of ${all} task runs.`;
      return io.out(none);
    }
    const now = systemClock.now();
    const rows = runs.map((run) => [
      ...[run.name, names.get(run.flow_run_id) ?? ""],
      { text: run.state_name ?? "", colour: stateColour(run, io.paint) },
      ...[relativeTime(toMillis(run.state?.timestamp ?? run.created), now), run.id],
    ]);
    io.out(table("Task Runs", ["Name", "Flow Run", "State", "When", "ID"], rows, io.columns));
  },
});

async function isUsed(client: Client, name: string): Promise<boolean> {
  return (await client.call(countTaskRuns, { body: { task_runs: { state: { name: { any_: [name] } } } } })) > 0;
}
