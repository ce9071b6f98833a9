// The type that a block is to be made of, with the newest fields that the server knows of it.
import { BLOCK_TYPES } from "#blocks/registry.ts";
import type { Client } from "#client/client.ts";
import { OrchError } from "#lib/errors.ts";
import { knownType } from "#project/deployments/block-types.ts";
import { listBlockSchemas } from "#wire/blocks.ts";
import { type BlockFields, blockFieldsOf } from "./fields/schema.ts";
import { allBlockTypes, blockTypeNamed } from "./named.ts";

export interface TypeWithFields {
  slug: string;
  name: string;
  description: string;
  capabilities: readonly string[];
  fields: BlockFields;
}

export interface ListedType {
  slug: string;
  name: string;
  description: string;
}

/** All that a block can be made of, by slug: a server without services has none yet, and takes those of orch. */
export async function typesToMake(client: Client): Promise<ListedType[]> {
  const there = await allBlockTypes(client);
  const more = BLOCK_TYPES.filter(({ slug }) => !there.some((type) => type.slug === slug));
  const listed = [...there, ...more].map(({ slug, name, description }) => ({
    slug,
    name,
    description: description ?? "",
  }));
  return listed.toSorted((a, b) => (a.slug < b.slug ? -1 : 1));
}

/** Changes nothing on the server. Throws `not_found`, naming the nearest type. */
export async function typeWithFields(client: Client, slug: string): Promise<TypeWithFields> {
  const ours = BLOCK_TYPES.find((type) => type.slug === slug);
  const type = await blockTypeNamed(client, slug).catch((error: unknown) => {
    if (ours && error instanceof OrchError && error.code === "not_found") return null;
    throw error;
  });
  const filter = { block_schemas: { block_type_id: { any_: [type?.id ?? ""] } }, limit: 1 };
  const [newest] = type ? await client.call(listBlockSchemas, { body: filter }) : [];
  const schema = newest ?? ours;
  if (!schema) {
    const sentence = `The block type '${slug}' has no fields yet: the program that registers it has not sent them.`;
    throw new OrchError("not_found", sentence);
  }
  return {
    ...{ slug, name: type?.name ?? ours?.name ?? slug, description: type?.description ?? ours?.description ?? "" },
    ...{ capabilities: schema.capabilities, fields: blockFieldsOf(slug, schema.fields) },
  };
}

/** Where a new block of the type belongs; makes the type known where it is not. */
export const idsForNew = knownType;
