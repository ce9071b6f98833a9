// Blocks that the server keeps, as deployment files print them: the fields, then where the block is kept.
import type { Client } from "#client/client.ts";
import { OrchError } from "#lib/errors.ts";
import type { JsonObject } from "#lib/json.ts";
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

export function slugOf(document: BlockDocument): string {
  return document.block_type?.slug ?? "";
}
