// Variables by name.
import type { Client } from "#client/client.ts";
import { listVariables, readVariableByName, type Variable } from "#wire/variables.ts";
import { orchErrorIf } from "../kit/missing.ts";
import { nearName } from "../kit/near-name.ts";

export const NAME_OPTION = {
  name: { type: "positional", required: true, description: "The variable's name." },
} as const;

/** Throws `not_found` with a sentence. */
export function variableNamed(client: Client, name: string): Promise<Variable> {
  const sentence = async () => {
    const hint = await nearName(name, (page) => client.call(listVariables, { body: page }));
    return `Variable '${name}' not found.${hint} 'orch variable ls' lists what is there.`;
  };
  return client.call(readVariableByName, { params: { name } }).catch(orchErrorIf("not_found", sentence));
}
