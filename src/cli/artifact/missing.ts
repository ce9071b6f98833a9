// The sentence about a key that no artifact has.
import type { Client } from "#client/client.ts";
import { OrchError } from "#lib/errors.ts";
import { listLatestArtifacts } from "#wire/artifacts.ts";
import { nearName } from "../kit/near-name.ts";

/** With the nearest key that one has. */
export async function noArtifact(client: Client, key: string): Promise<OrchError> {
  const hint = await nearName(key, async (page) => {
    const found = await client.call(listLatestArtifacts, { body: page });
    return found.map((one) => ({ name: one.key }));
  });
  return new OrchError("not_found", `Artifact '${key}' not found.${hint} 'orch artifact ls' lists what is there.`);
}
