// What the commands that change a work pool have in common.
import type { In } from "#wire/endpoint.ts";
import { updateWorkPool, type workPoolUpdate } from "#wire/pools/work-pools.ts";
import { withApi } from "../api.ts";
import { type Invocation, JSON_OPTION } from "../kit/command.ts";
import { json } from "../terminal/layout.ts";
import { NAME_OPTION, workPoolNamed } from "./named.ts";

export const CHANGE_OPTIONS = { ...NAME_OPTION, ...JSON_OPTION } as const;

/** Changes the pool and says so. */
export async function changeWorkPool(
  { options, io, loaded }: Invocation<typeof CHANGE_OPTIONS>,
  body: In<typeof workPoolUpdate>,
  said: string,
): Promise<void> {
  const pool = await withApi(loaded.settings, async ({ client }) => {
    const { name } = await workPoolNamed(client, options.name);
    await client.call(updateWorkPool, { params: { name }, body });
    return workPoolNamed(client, name);
  });
  io.out(options.json ? json(pool) : io.paint.good(said));
}
