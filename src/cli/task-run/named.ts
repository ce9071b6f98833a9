// Task runs by their ids.
import type { Client } from "#client/client.ts";
import { parseId } from "#lib/ids.ts";
import { readTaskRun, type TaskRun } from "#wire/task-runs.ts";
import { UsageError } from "../command.ts";
import { orchErrorIf } from "../missing.ts";

export const ID_OPTION = { id: { type: "positional", required: true, description: "The task run's id." } } as const;

/** Throws `not_found` when there is no such run. */
export async function taskRunWithId(client: Client, id: string): Promise<TaskRun> {
  return client.call(readTaskRun, { params: { id } }).catch(notFound(id));
}

/** For `catch`, around calls about this run. */
export function notFound(id: string): (error: unknown) => Promise<never> {
  return orchErrorIf("not_found", () => `Task run '${id}' not found! 'orch task-run ls' lists the latest ones.`);
}

/** Throws a UsageError for what is no id. */
export function checkedTaskRunId(text: string): string {
  const id = parseId(text);
  if (id === null) throw new UsageError(`'${text}' is not the id of a task run.`);
  return id;
}
