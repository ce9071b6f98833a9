// `orch block create`: where and how a block of a type is made.

import { BLOCK_TYPES } from "#blocks/registry.ts";
import { isObject } from "#lib/json.ts";
import { pageAt, pages } from "#lib/page-addresses.ts";
import { camelCase } from "#sdk/blocks/fields.ts";
import { BLOCKS } from "#sdk/blocks/hosted.ts";
import { type BlockSchema, listBlockSchemas } from "#wire/blocks.ts";
import { withApi } from "../api.ts";
import { command } from "../command.ts";
import { blockTypeNamed } from "./named.ts";

export const create = command({
  description: "Say how a block of a type is made.",
  examples: ["orch block create secret"],
  options: { type: { type: "positional", required: true, description: "The block type's slug." } },
  async run({ options, io, loaded }) {
    await withApi(loaded.settings, async ({ client, url }) => {
      const { id, slug } = await blockTypeNamed(client, options.type);
      if (url) io.out(`Create a ${slug} block: ${pageAt(url, pages.createBlock(slug))}`);
      const filter = { block_schemas: { block_type_id: { any_: [id] } }, limit: 1 };
      const [schema] = await client.call(listBlockSchemas, { body: filter });
      const example = exampleOf(slug, schema);
      if (example === undefined && schema?.capabilities.includes("notify")) {
        const fields = requiredOf(schema).map((name) => `--field ${name}=…`);
        io.out("One that sends messages is made with what it tells of:");
        return io.out(`orch notification create --state Failed --type ${slug} ${fields.join(" ")}`);
      }
      if (example === undefined) {
        return io.out("This version of orch has no class for such blocks: save one with the Python client.");
      }
      io.out("This version of orch has no web page for it. Save one in a program that 'orch run' or 'bun' runs:");
      for (const line of example) io.out(line);
    });
  },
});

/** With the fields that have to be given. The class is ours, or that of whoever registered the type. */
function exampleOf(slug: string, schema: BlockSchema | undefined): string[] | undefined {
  const fields = schema?.fields ?? {};
  const [own] = Object.entries(BLOCKS).find(([, type]) => type.definition?.slug === slug) ?? [];
  if (own === undefined && BLOCK_TYPES.some((type) => type.slug === slug)) return undefined;
  const required = requiredOf(schema);
  const properties = isObject(fields["properties"]) ? fields["properties"] : {};
  const values = required.map((name) => `${camelCase(name)}: ${placeholder(properties[name])}`);
  const given = values.length > 0 ? `{ ${values.join(", ")} }` : "{}";
  const line = `await new ${own ?? fields["title"]}(${given}).save("name");`;
  return own === undefined ? [line] : [`import { ${own} } from "orch";`, line];
}

function requiredOf(schema: BlockSchema | undefined): string[] {
  const required = schema?.fields["required"];
  return Array.isArray(required) ? required.map(String) : [];
}

function placeholder(property: unknown): string {
  return isObject(property) && property["type"] === "integer" ? "…" : '"…"';
}
