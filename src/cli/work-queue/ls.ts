// `orch work-queue ls`.
import type { Client } from "#client/client.ts";
import { listPoolQueues, listWorkPools } from "#wire/pools/work-pools.ts";
import { listWorkQueues, type WorkQueue } from "#wire/pools/work-queues.ts";
import { withApi } from "../api.ts";
import { command, LIST_OPTIONS } from "../kit/command.ts";
import { allPages } from "../kit/pages.ts";
import { json } from "../terminal/layout.ts";
import { newestFirst, withPauseMark } from "../terminal/marks.ts";
import { table } from "../terminal/output.ts";
import { workPoolNamed } from "../work-pool/named.ts";

const CAPTION = "(**) denotes a paused queue";

export const ls = command({
  description: "List work queues, newest first.",
  examples: ["orch work-queue ls", "orch work-queue ls -m dev- --verbose", "orch work-queue ls -p my-pool"],
  options: {
    verbose: { type: "boolean", alias: "v", description: "Show more columns." },
    match: { type: "string", alias: "m", description: "Only queues whose name starts with this." },
    pool: { type: "string", alias: "p", description: "Only queues of this work pool, with their priorities." },
    ...LIST_OPTIONS,
  },
  async run({ options, io, loaded }) {
    const { verbose, match, pool } = options;
    const { queues, pools } = await withApi(loaded.settings, async ({ client }) => ({
      queues: newestFirst(await queuesOf(client, match, pool)),
      pools: await allPages((page) => client.call(listWorkPools, { body: page })),
    }));
    if (options.json) return io.out(json(queues));
    if (queues.length === 0) {
      const which = match === undefined ? "yet" : `whose name begins with '${match}'`;
      return io.out(`There are no work queues ${which}. Make one with 'orch work-queue create NAME'.`);
    }
    if (pool) {
      const head = ["Name", "Priority", "Concurrency Limit", ...(verbose ? ["Description"] : [])];
      const rows = queues.map((queue) => [
        ...[withPauseMark(queue), String(queue.priority), shownLimit(queue)],
        ...(verbose ? [queue.description ?? ""] : []),
      ]);
      return io.out(table(`Work Queues in Work Pool '${pool}'`, head, rows, io.columns, CAPTION));
    }
    const names = new Map(pools.map(({ id, name }) => [id, name]));
    const head = ["Name", "Pool", "ID", "Concurrency Limit", ...(verbose ? ["Filter (Deprecated)"] : [])];
    const rows = queues.map((queue) => [
      ...[withPauseMark(queue), names.get(queue.work_pool_id ?? "") ?? "", queue.id, shownLimit(queue)],
      ...(verbose ? [queue.filter ? JSON.stringify(queue.filter) : ""] : []),
    ]);
    io.out(table("Work Queues", head, rows, io.columns, CAPTION));
  },
});

async function queuesOf(client: Client, match: string | undefined, pool: string | undefined): Promise<WorkQueue[]> {
  const filter = match === undefined ? {} : { work_queues: { name: { startswith_: [match] } } };
  if (!pool) return allPages((page) => client.call(listWorkQueues, { body: { ...filter, ...page } }));
  await workPoolNamed(client, pool);
  const params = { work_pool_name: pool };
  return allPages((page) => client.call(listPoolQueues, { params, body: { ...filter, ...page } }));
}

function shownLimit({ concurrency_limit }: WorkQueue): string {
  return concurrency_limit === null ? "none" : String(concurrency_limit);
}
