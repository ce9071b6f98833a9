// Computes the key by which the result of a task is found again.
import { type CacheContext, taskName } from "#domain/definitions.ts";
import { contentText } from "./content-text.ts";

/**
 * The same for the same task, code and arguments: a ready-made `cacheKeyFn`. Null, which means not cached, where an
 * argument has no content to compare, such as a function.
 *
 * @example
 * task(fetchPrices, { cacheKeyFn: taskInputHash, cacheExpiration: 3600 })
 */
export function taskInputHash({ task }: CacheContext, parameters: Record<string, unknown>): string | null {
  const text = contentText([taskName(task), task.fn.toString(), parameters]);
  return text === undefined ? null : new Bun.CryptoHasher("sha256").update(text).digest("hex");
}
