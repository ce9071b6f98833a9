// `orch block type inspect`.
import { withApi } from "../../api.ts";
import { command, JSON_OPTION } from "../../command.ts";
import { json } from "../../layout.ts";
import { recordTable } from "../../output.ts";
import { blockTypeNamed } from "../named.ts";

export const inspect = command({
  description: "Show a block type.",
  examples: ["orch block type inspect secret"],
  options: { slug: { type: "positional", required: true, description: "The block type's slug." }, ...JSON_OPTION },
  async run({ options, io, loaded }) {
    const type = await withApi(loaded.settings, ({ client }) => blockTypeNamed(client, options.slug));
    if (options.json) return io.out(json(type));
    const rows = [
      ["Slug", type.slug],
      ["Block Type id", type.id],
      ["Description", type.description?.trim() ?? "None"],
    ] as const;
    io.out(recordTable(type.name, [rows], io.columns));
  },
});
