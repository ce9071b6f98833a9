// Blocks on the server, saved and read by name.
import type { BlockTypeDefinition } from "#blocks/block-type.ts";
import type { Client } from "#client/client.ts";
import { OrchError } from "#lib/errors.ts";
import type { JsonObject } from "#lib/json.ts";
import { registered } from "#project/deployments/block-types.ts";
import { parseBlockName } from "#project/deployments/saved-blocks.ts";
import {
  type BlockDocument,
  createBlockDocument,
  readBlockDocumentByName,
  SLUG,
  updateBlockDocument,
} from "#wire/blocks.ts";

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
  { slug, name: type }: Pick<BlockTypeDefinition, "slug" | "name">,
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

/** By `type/name`, as `readNamed`. */
export function readTyped(client: Client, text: string): Promise<BlockDocument> {
  const { slug, name } = parseBlockName(text, "it");
  return readNamed(client, { slug, name: slug }, name);
}

/** What the server knows of the block's type. */
export function definitionIn({ block_type: type, block_schema: schema }: BlockDocument): BlockTypeDefinition {
  return {
    ...{ slug: type?.slug ?? "", name: type?.name ?? "", description: type?.description ?? "", is_protected: false },
    ...{ capabilities: (schema?.capabilities ?? []) as BlockTypeDefinition["capabilities"] }, // others are not asked for
    fields: schema?.fields ?? {},
  };
}

function missing<T>(instead: (error: unknown) => T): (error: unknown) => T {
  return (error) => {
    if (error instanceof OrchError && error.code === "not_found") return instead(error);
    throw error;
  };
}
