// `orch work-pool delete`.
import { deleteWorkPool } from "#wire/pools/work-pools.ts";
import { withApi } from "../api.ts";
import { command, JSON_OPTION } from "../kit/command.ts";
import { confirmDeletion, YES_OPTION } from "../terminal/confirm.ts";
import { json } from "../terminal/layout.ts";
import { NAME_OPTION, workPoolNamed } from "./named.ts";

export const remove = command({
  description: "Delete a work pool and its queues. Their scheduled runs stay, and no agent gets them.",
  examples: ["orch work-pool delete my-pool", "orch work-pool delete my-pool --yes"],
  options: { ...NAME_OPTION, ...YES_OPTION, ...JSON_OPTION },
  async run({ options, io, loaded }) {
    await withApi(loaded.settings, async ({ client }) => {
      const pool = await workPoolNamed(client, options.name);
      await confirmDeletion(io, options, `work pool '${pool.name}' and its queues`);
      await client.call(deleteWorkPool, { params: { name: pool.name } });
      io.out(options.json ? json(pool) : io.paint.good(`Deleted work pool '${pool.name}'`));
    });
  },
});
