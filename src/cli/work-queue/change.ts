// What the commands that change a work queue have in common.
import type { In } from "#wire/endpoint.ts";
import { readWorkQueue, updateWorkQueue, type workQueueUpdate } from "#wire/pools/work-queues.ts";
import { withApi } from "../api.ts";
import { type Invocation, JSON_OPTION } from "../kit/command.ts";
import { json } from "../terminal/layout.ts";
import { NAME_OPTION, POOL_OPTION, workQueueNamed } from "./named.ts";

export const CHANGE_OPTIONS = { ...NAME_OPTION, ...POOL_OPTION, ...JSON_OPTION } as const;

/** Changes the queue and says so: `said` is the sentence without the pool's name, which goes where `POOL` stands. */
export async function changeWorkQueue(
  { options, io, loaded }: Invocation<typeof CHANGE_OPTIONS>,
  body: In<typeof workQueueUpdate>,
  said: string,
): Promise<void> {
  const { name, pool } = options;
  const queue = await withApi(loaded.settings, async ({ client }) => {
    const params = { id: (await workQueueNamed(client, name, pool)).id };
    await client.call(updateWorkQueue, { params, body });
    return client.call(readWorkQueue, { params });
  });
  if (options.json) return io.out(json(queue));
  io.out(io.paint.good(said.replace("POOL", pool ? ` in work pool '${pool}'` : "")));
}
