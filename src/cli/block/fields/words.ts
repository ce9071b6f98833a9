// What may follow `--field` while it is typed: `name=`, and what is known of its value.
import type { Client } from "#client/client.ts";
import { listBlockTypeDocuments } from "#wire/blocks.ts";
import type { Candidate } from "../../complete/names.ts";
import type { BlockField, BlockFields } from "./schema.ts";

/** Each field once with nothing after its `=`, and once for each value that it may have. */
export async function fieldWords(client: Client, { all }: BlockFields): Promise<Candidate[]> {
  const words = await Promise.all(all.map(async (field) => [whole(field), ...(await valuesOf(client, field))]));
  return words.flat();
}

function whole({ name, description }: BlockField): Candidate {
  return { value: `${name}=`, ...(description === "" ? {} : { says: description }) };
}

async function valuesOf(
  client: Client,
  { name, kind, choices, blockTypes, isSecret }: BlockField,
): Promise<Candidate[]> {
  const blocks = await Promise.all(blockTypes.map((slug) => blocksOf(client, slug)));
  const values = [...choices, ...(kind === "true or false" ? ["true", "false"] : []), ...blocks.flat()];
  const asked = isSecret ? [{ value: `${name}=-`, says: "Read from standard input." }] : [];
  return [...values.map((value) => ({ value: `${name}=${value}` })), ...asked];
}

async function blocksOf(client: Client, slug: string): Promise<string[]> {
  const found = await client.call(listBlockTypeDocuments, { params: { slug } });
  return found.map(({ name }) => `${slug}/${name}`);
}
