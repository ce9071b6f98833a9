// Reads the overlap and catch-up policies of deployments from the server, beside the old API, which does not know them.
import type { Client } from "#client/client.ts";
import { OrchError } from "#lib/errors.ts";
import { type Catchup, type Overlap, readRunPolicies } from "#wire/runs/run-policies.ts";

/** Null for the defaults: every run starts. */
export interface SetPolicies {
  overlap: Overlap | null;
  catchup: Catchup | null;
}

export const NO_POLICIES: SetPolicies = { overlap: null, catchup: null };

/** By the ids of the deployments, of those that differ from the defaults. On a server that is not orch there are none. */
export async function setPoliciesOf(client: Client, ids: readonly string[]): Promise<Map<string, SetPolicies>> {
  if (ids.length === 0) return new Map();
  const found = await client.call(readRunPolicies, { body: { deployment_ids: [...ids] } }).catch((error) => {
    if (error instanceof OrchError && error.code === "not_found") return [];
    throw error;
  });
  const all = found.map(({ deployment_id, overlap, catchup }): [string, SetPolicies] => [
    deployment_id,
    { overlap: overlap === "allow" ? null : overlap, catchup: catchup === "all" ? null : catchup },
  ]);
  return new Map(all.filter(([, { overlap, catchup }]) => overlap !== null || catchup !== null));
}

/** Only those that are set: what a deployment without any looks like stays as it was. */
export async function shownPolicies(client: Client, id: string): Promise<Partial<SetPolicies>> {
  const policies = (await setPoliciesOf(client, [id])).get(id) ?? NO_POLICIES;
  return Object.fromEntries(Object.entries(policies).filter(([, value]) => value !== null));
}

/** Whether the server keeps such policies: Prefect's, and an orch from before them, drop them without a word. */
export async function knowsPolicies(client: Client): Promise<boolean> {
  return client.call(readRunPolicies, { body: { deployment_ids: [] } }).then(
    () => true,
    (error) => {
      if (error instanceof OrchError && error.code === "not_found") return false;
      throw error;
    },
  );
}

/** The sentence for a deployment whose policies its server has dropped; `undefined` when it lost none. */
export async function lostPolicies(
  client: Client,
  { name, overlap, catchup }: { name: string; overlap?: Overlap | null; catchup?: Catchup | null },
): Promise<string | undefined> {
  const set = [
    ...(overlap && overlap !== "allow" ? ["'overlap'"] : []),
    ...(catchup && catchup !== "all" ? ["'catchup'"] : []),
  ].join(" and ");
  if (set === "" || (await knowsPolicies(client))) return undefined;
  return `${client.description} does not keep ${set} of '${name}', which only orch's own server knows: all of its runs start.`;
}
