// Blocks and block types by the words people use: `secret/token`, `secret`, or a block's id.
import type { Client } from "#client/client.ts";
import { OrchError } from "#lib/errors.ts";
import { parseId } from "#lib/ids.ts";
import { didYouMean, nearest } from "#lib/text/nearest.ts";
import {
  type BlockDocument,
  type BlockType,
  listBlockDocuments,
  listBlockTypes,
  readBlockDocument,
  readBlockDocumentByName,
  readBlockTypeBySlug,
} from "#wire/blocks.ts";
import { UsageError } from "../kit/command.ts";
import { orchErrorIf } from "../kit/missing.ts";
import { allPages } from "../kit/pages.ts";

export const WHICH_BLOCK = {
  slug: { type: "positional", required: false, description: "The block, as type/name." },
  id: { type: "string", description: "The block's id, instead." },
} as const;

export interface Which {
  slug: string | undefined;
  id: string | undefined;
}

/** Secrets are hidden. Throws `not_found`. */
export async function blockOf(client: Client, which: Which): Promise<BlockDocument> {
  const shown = shownName(which);
  const { slug, id } = which;
  const found =
    id === undefined
      ? client.call(readBlockDocumentByName, { params: partsOf(slug ?? "") })
      : client.call(readBlockDocument, { params: { id: checkedId(id) } });
  return found.catch(
    orchErrorIf("not_found", async () => {
      const hint = id === undefined ? await nearMiss(client, partsOf(shown)) : "";
      return `Block '${shown}' not found!${hint} 'orch block ls' lists what is there.`;
    }),
  );
}

/** A block of the type with a name like this, or of this name with a type like that. */
async function nearMiss(
  client: Client,
  { slug, block_document_name: name }: ReturnType<typeof partsOf>,
): Promise<string> {
  const blocks = await allPages((page) => client.call(listBlockDocuments, { body: page }));
  const ofType = blocks.filter(({ block_type }) => block_type?.slug === slug).map((block) => block.name ?? "");
  const ofName = blocks.filter((block) => block.name === name).map(({ block_type }) => block_type?.slug ?? "");
  const [otherName, otherType] = [nearest(name, ofType), nearest(slug, ofName)];
  if (otherName !== undefined) return ` Did you mean '${slug}/${otherName}'?`;
  return otherType === undefined ? "" : ` Did you mean '${otherType}/${name}'?`;
}

/** The block as it was named. Throws `invalid` when it was not, or twice. */
export function shownName({ slug, id }: Which): string {
  if (slug !== undefined && id !== undefined)
    throw new OrchError("invalid", "Give a block's slug or its id, not both.");
  const shown = slug ?? id;
  if (shown === undefined) throw new OrchError("invalid", "Must provide a block slug or id");
  return shown;
}

function partsOf(text: string): { slug: string; block_document_name: string } {
  const [slug, block_document_name, ...more] = text.split("/");
  if (slug && block_document_name && more.length === 0) return { slug, block_document_name };
  throw new OrchError("invalid", `'${text}' names no block: give it as block-type/block-name.`);
}

function checkedId(text: string): string {
  const id = parseId(text);
  if (id === null) throw new UsageError(`'${text}' is not the id of a block.`);
  return id;
}

/** `noun` is how the sentence starts: the old command line has it both ways. */
export async function blockTypeNamed(client: Client, slug: string, noun = "Block type"): Promise<BlockType> {
  const missing = async () => {
    const slugs = (await allBlockTypes(client)).map((type) => type.slug);
    const hint = didYouMean(slug, slugs);
    const there = slugs.length > 0 ? `\nAvailable block types: ${slugs.join(", ")}` : "";
    return `${noun} '${slug}' not found!${hint}${there}`;
  };
  // An empty one would be another address.
  if (slug === "") throw new OrchError("not_found", await missing());
  return client.call(readBlockTypeBySlug, { params: { slug } }).catch(orchErrorIf("not_found", missing));
}

/** By slug. */
export async function allBlockTypes(client: Client): Promise<BlockType[]> {
  const types = await allPages((page) => client.call(listBlockTypes, { body: page }));
  return types.toSorted((a, b) => (a.slug < b.slug ? -1 : 1));
}
