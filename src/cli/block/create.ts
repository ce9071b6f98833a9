// `orch block create`: where and how a block of a type is made.
import { isObject } from "#lib/json.ts";
import { camelCase } from "#sdk/blocks/fields.ts";
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
      if (url) io.out(`Create a ${slug} block: ${url.replace(/\/api$/, "")}/blocks/catalog/${slug}/create`);
      const filter = { block_schemas: { block_type_id: { any_: [id] } }, limit: 1 };
      const [schema] = await client.call(listBlockSchemas, { body: filter });
      io.out("This version of orch has no web page for it. Save one in a program that 'orch run' or 'bun' runs:");
      io.out(exampleOf(schema));
    });
  },
});

/** With the fields that have to be given. */
function exampleOf(schema: BlockSchema | undefined): string {
  const fields = schema?.fields ?? {};
  const required = Array.isArray(fields["required"]) ? fields["required"].map(String) : [];
  const properties = isObject(fields["properties"]) ? fields["properties"] : {};
  const values = required.map((name) => `${camelCase(name)}: ${placeholder(properties[name])}`);
  const given = values.length > 0 ? `{ ${values.join(", ")} }` : "{}";
  return `await new ${CLASSES[String(fields["title"])] ?? fields["title"]}(${given}).save("name");`;
}

/** Where the class has another name than the type: those that would hide a global. */
const CLASSES: Record<string, string> = { JSON: "JSONBlock", String: "StringBlock" };

function placeholder(property: unknown): string {
  return isObject(property) && property["type"] === "integer" ? "…" : '"…"';
}
