// Work pools by name.
import type { Client } from "#client/client.ts";
import { OrchError } from "#lib/errors.ts";
import { listWorkPools, readWorkPool, type WorkPool } from "#wire/pools/work-pools.ts";
import { orchErrorIf } from "../kit/missing.ts";
import { nearName } from "../kit/near-name.ts";

export const NAME_OPTION = {
  name: { type: "positional", required: true, description: "The pool's name." },
} as const;

/** Throws `not_found` with a sentence. */
export async function workPoolNamed(client: Client, name: string | undefined): Promise<WorkPool> {
  if (!name) throw new OrchError("invalid", "Provide a work pool name.");
  const found = client.call(readWorkPool, { params: { name } });
  return found.catch(
    orchErrorIf("not_found", async () => {
      const hint = await nearPool(client, name);
      return `Work pool with name: '${name}' not found.${hint} 'orch work-pool ls' lists what is there.`;
    }),
  );
}

/** ` Did you mean 'big'?`, or nothing. */
export function nearPool(client: Client, name: string): Promise<string> {
  return nearName(name, (page) => client.call(listWorkPools, { body: page }));
}
