// Names the run that each line of a log is about: a task run of the flow run, or the flow run itself.
import type { Client } from "#client/client.ts";
import type { Log } from "#wire/runs/logs.ts";
import { listTaskRuns } from "#wire/runs/task-runs.ts";

/** Ids of one request: the API answers with 200 records at most. */
const MOST_IDS = 200;

/** What starts a line: `Task run 'greet-0'`. */
export type NameOfLine = (line: Log) => string;

export interface LineNames {
  /** Reads the names of the task runs that are new in these lines. A task run that is not there goes by its flow run. */
  of(lines: readonly Log[]): Promise<NameOfLine>;
}

/** `ofRun`: how a line without a task run starts: `Flow run 'quiet-owl'`. */
export function createLineNames(client: Client, ofRun: string): LineNames {
  const names = new Map<string, string>();
  return {
    async of(lines) {
      const ids = new Set(lines.flatMap(({ task_run_id: id }) => (id === null || names.has(id) ? [] : [id])));
      const unknown = [...ids];
      for (let from = 0; from < unknown.length; from += MOST_IDS) {
        const any_ = unknown.slice(from, from + MOST_IDS);
        const found = await client.call(listTaskRuns, { body: { task_runs: { id: { any_ } }, limit: MOST_IDS } });
        for (const { id, name } of found) names.set(id, `Task run '${name}'`);
      }
      return ({ task_run_id: id }) => (id === null ? undefined : names.get(id)) ?? ofRun;
    },
  };
}
