// `orch work-queue delete`.
import { deleteWorkQueue } from "#wire/pools/work-queues.ts";
import { withApi } from "../api.ts";
import { command, JSON_OPTION } from "../kit/command.ts";
import { confirmDeletion, YES_OPTION } from "../terminal/confirm.ts";
import { json } from "../terminal/layout.ts";
import { NAME_OPTION, POOL_OPTION, shownQueue, workQueueNamed } from "./named.ts";

export const remove = command({
  description: "Delete a work queue. Its scheduled runs wait until a queue with its name exists again.",
  examples: ["orch work-queue delete test", "orch work-queue delete test --yes"],
  options: { ...NAME_OPTION, ...POOL_OPTION, ...YES_OPTION, ...JSON_OPTION },
  async run({ options, io, loaded }) {
    const { name, pool } = options;
    await withApi(loaded.settings, async ({ client }) => {
      const queue = await workQueueNamed(client, name, pool);
      await confirmDeletion(io, options, shownQueue(queue, pool));
      await client.call(deleteWorkQueue, { params: { id: queue.id } });
      if (options.json) return io.out(json(queue));
      io.out(io.paint.good(`Successfully deleted work queue '${name}'${pool ? ` in work pool '${pool}'` : ""}`));
    });
  },
});
