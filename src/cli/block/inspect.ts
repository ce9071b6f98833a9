// `orch block inspect`.
import { withApi } from "../api.ts";
import { command, JSON_OPTION } from "../command.ts";
import { json } from "../layout.ts";
import { recordTable } from "../output.ts";
import { pythonLine } from "../python-text.ts";
import { blockOf, shownName, WHICH_BLOCK } from "./named.ts";
import { shownDocument } from "./shown.ts";

export const inspect = command({
  description: "Show a block, its secrets as asterisks.",
  examples: ["orch block inspect secret/token"],
  options: { ...WHICH_BLOCK, ...JSON_OPTION },
  async run({ options, io, loaded }) {
    const shown = shownName(options);
    const found = await withApi(loaded.settings, ({ client }) => blockOf(client, options));
    const block = shownDocument(found);
    if (options.json) return io.out(json(block));
    const about = [
      ["Block Type", block.block_type?.name ?? ""],
      ["Block id", block.id],
    ] as const;
    const data = Object.entries(block.data).map(([name, value]) => [name, shownValue(value)] as const);
    io.out(recordTable(shown, [about, data], io.columns));
  },
});

function shownValue(value: unknown): string {
  return typeof value === "string" ? value : pythonLine(value);
}
