// `orch block ls`.
import { listBlockDocuments } from "#wire/blocks.ts";
import { withApi } from "../api.ts";
import { command, LIST_OPTIONS } from "../kit/command.ts";
import { allPages } from "../kit/pages.ts";
import { json } from "../terminal/layout.ts";
import { table } from "../terminal/output.ts";
import { shownDocument } from "./shown.ts";

export const ls = command({
  description: "List the blocks that have names.",
  examples: ["orch block ls"],
  options: LIST_OPTIONS,
  async run({ options, io, loaded }) {
    const blocks = await withApi(loaded.settings, ({ client }) =>
      allPages((page) => client.call(listBlockDocuments, { body: page })),
    );
    if (options.json) return io.out(json(blocks.map(shownDocument)));
    if (blocks.length === 0) {
      return io.out("There are no blocks yet. 'orch block create' says how one is made.");
    }
    const rows = blocks.map(({ id, block_type, name }) => [
      id,
      block_type?.name ?? "",
      name ?? "",
      `${block_type?.slug}/${name}`,
    ]);
    io.out(table("Blocks", ["ID", "Type", "Name", "Slug"], rows.toSorted(bySlug), io.columns));
  },
});

function bySlug(a: readonly string[], b: readonly string[]): number {
  return (a.at(-1) ?? "") < (b.at(-1) ?? "") ? -1 : 1;
}
