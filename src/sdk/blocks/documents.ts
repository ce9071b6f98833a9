// Blocks on the server: their type made known where it is not, saved and read by name.
import type { BlockTypeDefinition } from "#blocks/block-type.ts";
import type { Client } from "#client/client.ts";
import { OrchError } from "#lib/errors.ts";
import type { JsonObject } from "#lib/json.ts";
import {
  type BlockDocument,
  createBlockDocument,
  createBlockSchema,
  createBlockType,
  listBlockSchemas,
  readBlockDocumentByName,
  readBlockTypeBySlug,
  SLUG,
  updateBlockDocument,
} from "#wire/blocks.ts";

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

/** Throws `conflict` for a name that is taken, unless it may be overwritten. */
export async function saveNamed(
  client: Client,
  definition: BlockTypeDefinition,
  { name, data, overwrite }: { name: string; data: JsonObject; overwrite: boolean },
): Promise<string> {
  if (name === "" || !SLUG.test(name)) {
    const sentence = `A block cannot be named '${name}': names have small letters, digits and dashes.`;
    throw new OrchError("invalid", sentence);
  }
  const ids = await registered(client, definition);
  try {
    return (await client.call(createBlockDocument, { body: { ...ids, name, data } })).id;
  } catch (error) {
    if (!(error instanceof OrchError) || error.code !== "conflict") throw error;
    if (!overwrite) {
      const sentence = `There is a ${definition.name} block named '${name}' already. Take another name, or save it with { overwrite: true }.`;
      throw new OrchError("conflict", sentence, { cause: error });
    }
  }
  const { id } = await readNamed(client, definition, name);
  const body = { data, block_schema_id: ids.block_schema_id, merge_existing_data: false };
  await client.call(updateBlockDocument, { params: { id }, body });
  return id;
}

export async function saveAnonymous(
  client: Client,
  definition: BlockTypeDefinition,
  data: JsonObject,
): Promise<BlockDocument> {
  const ids = await registered(client, definition);
  return client.call(createBlockDocument, { body: { ...ids, data, is_anonymous: true } });
}

/** With its secrets. Throws `not_found`. */
export function readNamed(
  client: Client,
  { slug, name: type }: BlockTypeDefinition,
  name: string,
): Promise<BlockDocument> {
  const params = { slug, block_document_name: name };
  return client.call(readBlockDocumentByName, { params, query: { include_secrets: true } }).catch(
    missing((cause): never => {
      const sentence = `There is no ${type} block named '${name}'. 'orch block ls' lists what is there.`;
      throw new OrchError("not_found", sentence, { cause });
    }),
  );
}

function missing<T>(instead: (error: unknown) => T): (error: unknown) => T {
  return (error) => {
    if (error instanceof OrchError && error.code === "not_found") return instead(error);
    throw error;
  };
}
