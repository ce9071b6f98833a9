// Concurrency limits by tag.
import type { Client } from "#client/client.ts";
import {
  type ConcurrencyLimit,
  listConcurrencyLimits,
  readConcurrencyLimitByTag,
} from "#wire/pools/concurrency-limits.ts";
import { orchErrorIf } from "../kit/missing.ts";
import { nearName } from "../kit/near-name.ts";

export const TAG_OPTION = {
  tag: { type: "positional", required: true, description: "The tag of the tasks." },
} as const;

/** Throws `not_found` with a sentence. */
export function limitOfTag(client: Client, tag: string): Promise<ConcurrencyLimit> {
  const sentence = async () => {
    const hint = await nearName(tag, async (page) => {
      const limits = await client.call(listConcurrencyLimits, { body: page });
      return limits.map((limit) => ({ name: limit.tag }));
    });
    return `No concurrency limit found for the tag: ${tag}${hint === "" ? "" : `.${hint}`}`;
  };
  return client.call(readConcurrencyLimitByTag, { params: { tag } }).catch(orchErrorIf("not_found", sentence));
}
