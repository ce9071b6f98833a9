// Finds the block that a field of another block names.
import type { Client } from "#client/client.ts";
import { OrchError } from "#lib/errors.ts";
import { parseId } from "#lib/ids.ts";
import type { JsonObject } from "#lib/json.ts";
import { type BlockDocument, readBlockDocument, readBlockDocumentByName } from "#wire/blocks.ts";
import type { BlockField } from "./schema.ts";

const NAMED = /^[a-z0-9-]+\/[a-z0-9-]+$/;

/** `given`: `TYPE/NAME`, the name alone where there is one type, or an id. Throws `invalid` for what names no block of the type. */
export async function referenceTo(client: Client, field: BlockField, given: string): Promise<JsonObject> {
  const found = await blockNamed(client, field, given);
  const slug = found?.block_type?.slug ?? "";
  if (found && field.blockTypes.includes(slug)) return { $ref: { block_document_id: found.id } };
  const types = field.blockTypes.join(" or ");
  // What is no name may be a secret that was meant for a field of that block.
  const what = NAMED.test(given)
    ? `There is no block '${given}' for '${field.name}'`
    : `'${field.name}' names no block`;
  const why = found ? `'${field.name}' takes a block of type ${types}, not of type ${slug}` : what;
  const [first = ""] = field.blockTypes;
  const way = `give it as ${first}/NAME; 'orch block create ${first}' says how one is made`;
  throw new OrchError("invalid", `${why}: ${way}.`);
}

async function blockNamed(client: Client, { blockTypes }: BlockField, given: string): Promise<BlockDocument | null> {
  const id = parseId(given);
  if (id !== null) return client.call(readBlockDocument, { params: { id } }).catch(orNull);
  const [only = "", ...more] = blockTypes;
  const [slug = "", name] = given.includes("/") ? given.split("/") : more.length > 0 ? [] : [only, given];
  if (!name || !NAMED.test(`${slug}/${name}`)) return null;
  return client.call(readBlockDocumentByName, { params: { slug, block_document_name: name } }).catch(orNull);
}

function orNull(error: unknown): null {
  if (error instanceof OrchError && error.code === "not_found") return null;
  throw error;
}
