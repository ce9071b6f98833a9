// `orch block type delete`.
import { OrchError } from "#lib/errors.ts";
import { deleteBlockType } from "#wire/blocks.ts";
import { withApi } from "../../api.ts";
import { command } from "../../command.ts";
import { blockTypeNamed } from "../named.ts";

export const remove = command({
  description: "Delete a block type, its blocks, and the deployments that use them.",
  options: { slug: { type: "positional", required: true, description: "The block type's slug." } },
  async run({ options, io, loaded }) {
    const { slug } = options;
    await withApi(loaded.settings, async ({ client }) => {
      const { id } = await blockTypeNamed(client, slug, "Block Type");
      await client.call(deleteBlockType, { params: { id } }).catch((cause) => {
        if (!(cause instanceof OrchError) || cause.code !== "forbidden") throw cause;
        throw new OrchError("forbidden", `Block Type '${slug}' is a protected block!`, { cause });
      });
    });
    io.out(`Deleted Block Type '${slug}'.`);
  },
});
