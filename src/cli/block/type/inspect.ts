// `orch block type inspect`.
import { withApi } from "../../api.ts";
import { showInspected } from "../../details/show.ts";
import { command, JSON_OPTION } from "../../kit/command.ts";
import { blockTypeNamed } from "../named.ts";

export const inspect = command({
  description: "Show a block type.",
  examples: ["orch block type inspect secret"],
  options: { slug: { type: "positional", required: true, description: "The block type's slug." }, ...JSON_OPTION },
  async run({ options, io, loaded }) {
    const type = await withApi(loaded.settings, ({ client }) => blockTypeNamed(client, options.slug));
    const leaveOut = ["name", "is_protected", "logo_url"];
    showInspected({ title: `Block type '${type.name}'`, record: type, leaveOut }, options, io);
  },
});
