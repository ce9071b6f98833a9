// Blocks that the server keeps, as deployment files print them: the fields, then where the block is kept.
import type { Client } from "#client/client.ts";
import { OrchError } from "#lib/errors.ts";
import { isObject, type Json, type JsonObject } from "#lib/json.ts";
import { type BlockDocument, readBlockDocument, readBlockDocumentByName } from "#wire/blocks.ts";

export interface BlockName {
  slug: string;
  name: string;
  /** What follows `type/name/`; empty when nothing does. */
  path: string;
}

/** `type/name` or `type/name/path`. Throws `invalid` for anything else. */
export function parseBlockName(text: string, option: string): BlockName {
  const [slug, name, ...path] = text.split("/");
  if (slug && name) return { slug, name, path: path.join("/") };
  throw new OrchError("invalid", `'${text}' names no block: give ${option} as block-type/block-name.`);
}

/** Throws `not_found`. */
export async function readSavedBlock(client: Client, { slug, name }: Omit<BlockName, "path">): Promise<BlockDocument> {
  const params = { slug, block_document_name: name };
  return client.call(readBlockDocumentByName, { params }).catch((error) => {
    if (!(error instanceof OrchError) || error.code !== "not_found") throw error;
    const sentence = `Unable to find block document named ${name} for block type ${slug}.`;
    throw new OrchError("not_found", `${sentence} 'orch block ls' lists those that are saved.`, { cause: error });
  });
}

/** The block's data with nothing hidden: for those who work with it, never to be shown. */
export async function readSecrets(client: Client, id: string): Promise<JsonObject> {
  return (await client.call(readBlockDocument, { params: { id }, query: { include_secrets: true } })).data;
}

/** Every field of its schema, in the schema's order; what is not set has its default, or null. */
export function blockAsPrinted(document: BlockDocument): JsonObject {
  const slug = slugOf(document);
  const properties = document.block_schema?.fields["properties"];
  const fields = isObject(properties) ? Object.entries(properties as JsonObject) : []; // JSON holds JSON
  const printed = fields.map(([name, property]): [string, Json] => [
    name,
    isObject(property) ? ((property as JsonObject)["default"] ?? empty(property as JsonObject)) : null, // as above
  ]);
  return {
    ...Object.fromEntries(printed),
    ...document.data,
    _block_document_id: document.id,
    _block_document_name: document.name,
    _is_anonymous: document.is_anonymous,
    block_type_slug: slug,
    _block_type_slug: slug,
  };
}

/** Mappings and lists are empty where nothing is set, as the old blocks have them. */
function empty(property: JsonObject): Json {
  return property["type"] === "object" ? {} : null;
}

export function slugOf(document: BlockDocument): string {
  return document.block_type?.slug ?? "";
}
