// Concurrency limits by tag.
import type { Client } from "#client/client.ts";
import { type ConcurrencyLimit, readConcurrencyLimitByTag } from "#wire/concurrency-limits.ts";
import { orchErrorIf } from "../missing.ts";

export const TAG_OPTION = {
  tag: { type: "positional", required: true, description: "The tag of the tasks." },
} as const;

/** Throws `not_found` with a sentence. */
export function limitOfTag(client: Client, tag: string): Promise<ConcurrencyLimit> {
  const sentence = () => `No concurrency limit found for the tag: ${tag}`;
  return client.call(readConcurrencyLimitByTag, { params: { tag } }).catch(orchErrorIf("not_found", sentence));
}
