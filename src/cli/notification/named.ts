// Notification policies by id, and their descriptions in words.
import type { Client } from "#client/client.ts";
import { OrchError } from "#lib/errors.ts";
import { parseId } from "#lib/ids.ts";
import { type BlockDocument, listBlockDocuments } from "#wire/blocks.ts";
import { type NotificationPolicy, readNotificationPolicy } from "#wire/notifications.ts";
import { orchErrorIf } from "../kit/missing.ts";

export const ID_OPTION = {
  id: { type: "positional", required: true, description: "The notification's id, as 'orch notification ls' shows it." },
} as const;

/** Throws `not_found` with a sentence. */
export function notificationOf(client: Client, text: string): Promise<NotificationPolicy> {
  const sentence = `Notification '${text}' not found. 'orch notification ls' lists what is there.`;
  const id = parseId(text);
  if (id === null) throw new OrchError("not_found", sentence);
  return client.call(readNotificationPolicy, { params: { id } }).catch(orchErrorIf("not_found", () => sentence));
}

/** `runs with tag prod or etl that enter Failed or Crashed`. */
export function whichRuns({ tags, state_names }: NotificationPolicy): string {
  const tagged = tags.length === 0 ? "runs" : `runs with tag ${tags.join(" or ")}`;
  return `${tagged} that enter ${state_names.length === 0 ? "any state" : state_names.join(" or ")}`;
}

/** `slack-webhook/team`, or the type alone for a block that was made for one policy. */
export function shownBlock({ block_type, name, is_anonymous }: BlockDocument): string {
  return is_anonymous ? `${block_type?.slug}` : `${block_type?.slug}/${name}`;
}

/** By the id of the block, for pages of policies. */
export async function blocksOf(client: Client, policies: readonly NotificationPolicy[]): Promise<Map<string, string>> {
  const ids = [...new Set(policies.map(({ block_document_id }) => block_document_id))];
  const shown = new Map<string, string>();
  for (let start = 0; start < ids.length; start += PAGE) {
    const filter = { id: { any_: ids.slice(start, start + PAGE) }, is_anonymous: null };
    const blocks = await client.call(listBlockDocuments, { body: { block_documents: filter } });
    for (const block of blocks) shown.set(block.id, shownBlock(block));
  }
  return shown;
}

const PAGE = 200;
