// `orch block type ls`.
import { withApi } from "../../api.ts";
import { command, LIST_OPTIONS } from "../../kit/command.ts";
import { json } from "../../terminal/layout.ts";
import { table } from "../../terminal/output.ts";
import { allBlockTypes } from "../named.ts";

export const ls = command({
  description: "List block types.",
  examples: ["orch block type ls", "orch block type ls --json"],
  options: LIST_OPTIONS,
  async run({ options, io, loaded }) {
    const types = await withApi(loaded.settings, ({ client }) => allBlockTypes(client));
    if (options.json) return io.out(json(types));
    if (types.length === 0) {
      return io.out("There are no block types: a server that runs its services registers the usual ones.");
    }
    const rows = types.map(({ slug, description }) => [slug, firstSentence(description ?? "")]);
    const caption = "orch block create SLUG shows how to create one";
    io.out(table("Block Types", ["Block Type Slug", "Description"], rows, io.columns, caption));
  },
});

function firstSentence(text: string): string {
  return /^[^\n]*?(?=\.(?:\s|$)|\n|$)/.exec(text)?.[0] ?? text;
}
