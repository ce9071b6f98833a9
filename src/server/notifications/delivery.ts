// Hands one message to a block that sends.
import type { Outside } from "#blocks/notify/notifier.ts";
import { OrchError } from "#lib/errors.ts";
import { readDocument } from "../blocks/documents.ts";
import type { ServerContext } from "../kernel/context.ts";
import { SUBJECT } from "./message.ts";

/** Far longer than services take; a policy waits for its last message before it sends the next. */
const PATIENCE_MS = 15_000;

export interface Delivery {
  fetch?: Outside["fetch"];
  /** Ends it before its time is up. */
  signal?: AbortSignal;
}

/** Resolves once the message was taken. Throws an error whose sentence says why it was not, and holds no secret. */
export async function deliver(
  { db, clock, vault }: ServerContext,
  blockId: string,
  body: string,
  { fetch = globalThis.fetch, signal }: Delivery = {},
): Promise<void> {
  const block = await db.read((q) => readDocument(q, blockId, { vault, secrets: true }));
  if (!block?.block_type || !block.block_schema) throw new OrchError("not_found", "Its block is gone.");
  // Loaded when the first message is sent.
  const { sendMessage } = await import("#blocks/notify/send.ts");
  const timeout = AbortSignal.timeout(PATIENCE_MS);
  const outside = { fetch, clock, signal: signal ? AbortSignal.any([timeout, signal]) : timeout };
  const sender = { slug: block.block_type.slug, fields: block.block_schema.fields, data: block.data };
  await sendMessage(sender, { subject: SUBJECT, body }, outside);
}
