// Task runs as people name them: by id, the beginning of an id, name, or `last`.
import type { Client } from "#client/client.ts";
import type { In } from "#wire/endpoint.ts";
import { listTaskRuns, readTaskRun, type TaskRun } from "#wire/runs/task-runs.ts";
import { orchErrorIf } from "../kit/missing.ts";
import { runNamed } from "../options/run-named.ts";

export const RUN_OPTION = {
  run: {
    type: "positional",
    required: true,
    description: "The task run: its id, the start of its id, its name, or 'last'.",
  },
} as const;

/** Throws `not_found` when there is no such run, `invalid` when the word means several. */
export async function taskRunNamed(client: Client, text: string): Promise<TaskRun> {
  const list = (body: In<typeof listTaskRuns.body>) => client.call(listTaskRuns, { body });
  return runNamed(text, {
    what: "Task run",
    list: "orch task-run ls",
    byId: (id) => client.call(readTaskRun, { params: { id } }).catch(notFound(id)),
    byName: (name) => list({ task_runs: { name: { any_: [name] } } }),
    byBeginning: (start) => list({ task_runs: { id: { startswith_: [start] } } }),
    last: async () => (await list({ sort: "ID_DESC", limit: 1 }))[0],
    recentNames: async () => (await list({})).map(({ name }) => name),
  });
}

/** For `catch`, around calls about this run. */
export function notFound(id: string): (error: unknown) => Promise<never> {
  return orchErrorIf("not_found", () => `Task run '${id}' not found! 'orch task-run ls' lists the latest ones.`);
}
