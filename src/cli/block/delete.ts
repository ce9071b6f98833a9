// `orch block delete`.
import { deleteBlockDocument } from "#wire/blocks.ts";
import { withApi } from "../api.ts";
import { command } from "../command.ts";
import { blockOf, shownName, WHICH_BLOCK } from "./named.ts";

export const remove = command({
  description: "Delete a block, and the deployments that use it.",
  options: WHICH_BLOCK,
  async run({ options, io, loaded }) {
    const shown = shownName(options);
    await withApi(loaded.settings, async ({ client }) => {
      const { id } = await blockOf(client, options);
      await client.call(deleteBlockDocument, { params: { id } });
    });
    io.out(`Deleted Block '${shown}'.`);
  },
});
