// `orch block delete`.
import { deleteBlockDocument } from "#wire/blocks.ts";
import { withApi } from "../api.ts";
import { command, JSON_OPTION } from "../kit/command.ts";
import { confirmDeletion, YES_OPTION } from "../terminal/confirm.ts";
import { json } from "../terminal/layout.ts";
import { blockOf, shownName, WHICH_BLOCK } from "./named.ts";
import { shownDocument } from "./shown.ts";

export const remove = command({
  description: "Delete a block and the deployments that use it.",
  examples: ["orch block delete secret/github-token"],
  options: { ...WHICH_BLOCK, ...YES_OPTION, ...JSON_OPTION },
  async run({ options, io, loaded }) {
    const shown = shownName(options);
    await withApi(loaded.settings, async ({ client }) => {
      const block = await blockOf(client, options);
      await confirmDeletion(io, options, `block '${shown}' and the deployments that use it`);
      await client.call(deleteBlockDocument, { params: { id: block.id } });
      io.out(options.json ? json(shownDocument(block)) : io.paint.good(`Deleted Block '${shown}'.`));
    });
  },
});
