// Flows by name, or by id.
import type { Client } from "#client/client.ts";
import { parseId } from "#lib/ids.ts";
import { type Flow, listFlows, readFlow, readFlowByName } from "#wire/deployments/flows.ts";
import { orchErrorIf } from "../kit/missing.ts";
import { nearName } from "../kit/near-name.ts";

export const NAME_OPTION = {
  name: { type: "positional", required: true, description: "The flow's name, or its id." },
} as const;

/** Throws `not_found` with a sentence. */
export function flowNamed(client: Client, name: string): Promise<Flow> {
  const id = parseId(name);
  const found = id ? client.call(readFlow, { params: { id } }) : client.call(readFlowByName, { params: { name } });
  return found.catch(
    orchErrorIf("not_found", async () => {
      const hint = await nearName(name, (page) => client.call(listFlows, { body: page }));
      return `Flow '${name}' not found!${hint} 'orch flow ls' lists what is there.`;
    }),
  );
}
