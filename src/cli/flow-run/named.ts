// Flow runs as people name them: by id, the beginning of an id, name, or `last`.
import type { Client } from "#client/client.ts";
import { systemClock } from "#lib/clock.ts";
import { toTimestamp } from "#lib/time/timestamps.ts";
import { type FlowRun, type ListFlowRuns, listFlowRuns, readFlowRun } from "#wire/runs/flow-runs.ts";
import { orchErrorIf } from "../kit/missing.ts";
import { runNamed } from "../options/run-named.ts";

export const RUN_OPTION = {
  run: {
    type: "positional",
    required: true,
    description: "The flow run: its id, the start of its id, its name, or 'last'.",
  },
} as const;

/** Throws `not_found` when there is no such run, `invalid` when the word means several. */
export async function flowRunNamed(client: Client, text: string): Promise<FlowRun> {
  const list = (body: ListFlowRuns) => client.call(listFlowRuns, { body });
  return runNamed(text, {
    what: "Flow run",
    list: "orch flow-run ls",
    byId: (id) => client.call(readFlowRun, { params: { id } }).catch(notFound(id)),
    byName: (name) => list({ flow_runs: { name: { any_: [name] } } }),
    byBeginning: (start) => list({ flow_runs: { id: { startswith_: [start] } } }),
    last: () => lastRun(list),
    recentNames: async () => (await list({})).map(({ name }) => name),
  });
}

/**
 * The run that was made by hand, or began, last. The scheduler's runs count from when they are due; subflows never, as
 * the run that a person has in mind is the one around them.
 */
async function lastRun(list: (body: ListFlowRuns) => Promise<FlowRun[]>): Promise<FlowRun | undefined> {
  const top = { parent_task_run_id: { is_null_: true } };
  const now = toTimestamp(systemClock.now());
  const [made, began, due] = await Promise.all([
    list({ flow_runs: top }),
    list({ flow_runs: { ...top, start_time: { is_null_: false } }, sort: "START_TIME_DESC", limit: 1 }),
    list({
      flow_runs: { ...top, expected_start_time: { before_: now } },
      ...{ sort: "EXPECTED_START_TIME_DESC" as const, limit: 1 },
    }),
  ]);
  const byHand = made.filter((run) => !run.auto_scheduled).slice(0, 1);
  return [...byHand, ...began, ...due].toSorted((a, b) => (moment(a) < moment(b) ? 1 : -1))[0];
}

function moment({ auto_scheduled, created, start_time, expected_start_time }: FlowRun): string {
  return start_time ?? (auto_scheduled ? (expected_start_time ?? created) : created);
}

/** For `catch`, around calls about this run. */
export function notFound(id: string): (error: unknown) => Promise<never> {
  return orchErrorIf("not_found", () => `Flow run '${id}' not found! 'orch flow-run ls' lists the latest ones.`);
}
