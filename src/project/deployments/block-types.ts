// Block types made known to a server that does not know them yet.
import type { BlockTypeDefinition } from "#blocks/block-type.ts";
import type { Client } from "#client/client.ts";
import { OrchError } from "#lib/errors.ts";
import { createBlockSchema, createBlockType, listBlockSchemas, readBlockTypeBySlug } from "#wire/blocks.ts";

export interface TypeIds {
  block_type_id: string;
  block_schema_id: string;
}

/** A type whose fields have changed gets a new schema: the newest is the one for new blocks. Safe to repeat: what is there already is found. */
export async function registered(client: Client, definition: BlockTypeDefinition): Promise<TypeIds> {
  const { slug, name, description, capabilities } = definition;
  const type = await client
    .call(readBlockTypeBySlug, { params: { slug } })
    .catch(missing(() => client.call(createBlockType, { body: { name, slug, description } })));
  const filter = { block_schemas: { block_type_id: { any_: [type.id] } }, limit: 1 };
  const [newest] = await client.call(listBlockSchemas, { body: filter });
  const fields = { ...definition.fields, block_type_slug: slug };
  const body = { block_type_id: type.id, fields, capabilities: [...capabilities] };
  const isKnown = newest !== undefined && Bun.deepEquals(newest.fields, fields);
  const schema = isKnown ? newest : await client.call(createBlockSchema, { body });
  return { block_type_id: type.id, block_schema_id: schema.id };
}

/** Registers the types of orch with a server that has no types yet, as one without services. Throws `not_found` for others. */
export async function knownType(client: Client, slug: string): Promise<TypeIds> {
  const type = await client.call(readBlockTypeBySlug, { params: { slug } }).catch(missing(() => null));
  if (!type) return registered(client, await definitionOf(slug));
  const [schema] = await client.call(listBlockSchemas, {
    body: { block_schemas: { block_type_id: { any_: [type.id] } }, limit: 1 },
  });
  if (schema) return { block_type_id: type.id, block_schema_id: schema.id };
  return registered(client, await definitionOf(slug));
}

async function definitionOf(slug: string): Promise<BlockTypeDefinition> {
  const { BLOCK_TYPES } = await import("#blocks/registry.ts");
  const found = BLOCK_TYPES.find((type) => type.slug === slug);
  if (found) return found;
  throw new OrchError("not_found", `There is no block type '${slug}'. 'orch block type ls' lists what is there.`);
}

function missing<T>(instead: () => T): (error: unknown) => T {
  return (error) => {
    if (error instanceof OrchError && error.code === "not_found") return instead();
    throw error;
  };
}
