// Flow runs by their ids.
import type { Client } from "#client/client.ts";
import { OrchError } from "#lib/errors.ts";
import { parseId } from "#lib/ids.ts";
import { type FlowRun, readFlowRun } from "#wire/flow-runs.ts";
import { UsageError } from "../command.ts";

/** Throws a UsageError for what is no id, `not_found` when there is no such run. */
export async function flowRunWithId(client: Client, id: string): Promise<FlowRun> {
  return client.call(readFlowRun, { params: { id } }).catch((error) => {
    if (!(error instanceof OrchError) || error.code !== "not_found") throw error;
    throw new OrchError("not_found", `Flow run '${id}' not found! 'orch flow-run ls' lists the latest ones.`);
  });
}

export function checkedRunId(text: string): string {
  const id = parseId(text);
  if (id === null) throw new UsageError(`'${text}' is not the id of a flow run.`);
  return id;
}
