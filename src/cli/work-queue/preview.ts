// `orch work-queue preview`.
import type { WorkQueue } from "#wire/pools/work-queues.ts";
import { getQueueRuns } from "#wire/pools/work-queues.ts";
import { withApi } from "../api.ts";
import { withNames } from "../flow-run/listing.ts";
import { command, JSON_OPTION } from "../kit/command.ts";
import { json } from "../terminal/layout.ts";
import { HOURS_OPTION, ONLY_LOOKING, previewEnd, printPreview } from "../work-pool/scheduled-work.ts";
import { POOL_OPTION, shownQueue, workQueueNamed } from "./named.ts";

export const preview = command({
  description: "Show the next runs of a work queue.",
  examples: ["orch work-queue preview test --hours 24"],
  options: {
    name: { type: "positional", required: false, description: "The queue's name, or its id." },
    ...HOURS_OPTION,
    ...POOL_OPTION,
    ...JSON_OPTION,
  },
  async run({ options, io, loaded }) {
    const { name, pool } = options;
    const scheduled_before = previewEnd(options.hours);
    const { queue, queued, runs } = await withApi(loaded.settings, async ({ client }) => {
      const queue = await workQueueNamed(client, name, pool);
      const asked = { params: { id: queue.id }, body: { scheduled_before } };
      const queued = await client.call(getQueueRuns, asked, ONLY_LOOKING);
      return { queue, queued, runs: options.json ? [] : await withNames(client, queued) };
    });
    if (options.json) return io.out(json(queued));
    const title = `Preview of Work Queue '${name}'${pool ? ` in Work Pool '${pool}'` : ""}`;
    printPreview(io, title, runs, closedBecause(queue, pool));
  },
});

function closedBecause(queue: WorkQueue, pool: string | undefined): string | undefined {
  const at = `'${queue.name}'${pool ? ` -p '${pool}'` : ""}`;
  if (queue.is_paused) return `${shownQueue(queue, pool)} is paused: 'orch work-queue resume ${at}'`;
  if (queue.concurrency_limit === 0) {
    return `${shownQueue(queue, pool)} has a concurrency limit of 0: 'orch work-queue clear-concurrency-limit ${at}'`;
  }
  return undefined;
}
