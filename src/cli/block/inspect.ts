// `orch block inspect`.
import { withApi } from "../api.ts";
import { showInspected } from "../details/show.ts";
import { command, JSON_OPTION } from "../kit/command.ts";
import { blockOf, shownName, WHICH_BLOCK } from "./named.ts";
import { shownDocument } from "./shown.ts";

export const inspect = command({
  description: "Show a block with its secrets hidden.",
  examples: ["orch block inspect secret/token"],
  options: { ...WHICH_BLOCK, ...JSON_OPTION },
  async run({ options, io, loaded }) {
    const shown = shownName(options);
    const found = await withApi(loaded.settings, ({ client }) => blockOf(client, options));
    const block = shownDocument(found);
    const about = [
      { label: "Type", value: block.block_type?.name ?? "" },
      { label: "ID", value: block.id },
    ];
    const data = Object.entries(block.data).map(([label, value]) => ({ label, value: value === "" ? '""' : value }));
    const leaveOut = Object.keys(block);
    showInspected(
      { title: `Block '${shown}'`, record: block, leaveOut, first: () => about, more: [data] },
      options,
      io,
    );
  },
});
