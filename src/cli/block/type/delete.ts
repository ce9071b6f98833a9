// `orch block type delete`.
import { OrchError } from "#lib/errors.ts";
import { deleteBlockType } from "#wire/blocks.ts";
import { withApi } from "../../api.ts";
import { command, JSON_OPTION } from "../../kit/command.ts";
import { confirmDeletion, YES_OPTION } from "../../terminal/confirm.ts";
import { json } from "../../terminal/layout.ts";
import { blockTypeNamed } from "../named.ts";

export const remove = command({
  description: "Delete a block type with its blocks and the deployments that use them.",
  examples: ["orch block type delete my-block"],
  options: {
    slug: { type: "positional", required: true, description: "The block type's slug." },
    ...YES_OPTION,
    ...JSON_OPTION,
  },
  async run({ options, io, loaded }) {
    const { slug } = options;
    await withApi(loaded.settings, async ({ client }) => {
      const type = await blockTypeNamed(client, slug, "Block Type");
      if (type.is_protected) throw new OrchError("forbidden", `Block Type '${slug}' is a protected block!`);
      await confirmDeletion(io, options, `block type '${slug}', its blocks and the deployments that use them`);
      await client.call(deleteBlockType, { params: { id: type.id } });
      io.out(options.json ? json(type) : io.paint.good(`Deleted Block Type '${slug}'.`));
    });
  },
});
