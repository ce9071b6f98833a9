// Flow runs by their ids.
import type { Client } from "#client/client.ts";
import { parseId } from "#lib/ids.ts";
import { type FlowRun, readFlowRun } from "#wire/flow-runs.ts";
import { UsageError } from "../command.ts";
import { orchErrorIf } from "../missing.ts";

/** Throws `not_found` when there is no such run. */
export async function flowRunWithId(client: Client, id: string): Promise<FlowRun> {
  return client.call(readFlowRun, { params: { id } }).catch(notFound(id));
}

/** For `catch`, around calls about this run. */
export function notFound(id: string): (error: unknown) => Promise<never> {
  return orchErrorIf("not_found", () => `Flow run '${id}' not found! 'orch flow-run ls' lists the latest ones.`);
}

/** Throws a UsageError for what is no id. */
export function checkedRunId(text: string): string {
  const id = parseId(text);
  if (id === null) throw new UsageError(`'${text}' is not the id of a flow run.`);
  return id;
}
