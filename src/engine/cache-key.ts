// The key under which a task's result is found again, as its author computes it.
import { createHash } from "node:crypto";
import { type CacheContext, taskName } from "#domain/definitions.ts";

/**
 * The same for the same task, code and arguments: a ready-made `cacheKeyFn`. Null, which means not cached, for
 * arguments that have no JSON.
 *
 * @example
 * task(fetchPrices, { cacheKeyFn: taskInputHash, cacheExpiration: 3600 })
 */
export function taskInputHash({ task }: CacheContext, parameters: Record<string, unknown>): string | null {
  try {
    const inputs = JSON.stringify([taskName(task), task.fn.toString(), ordered(parameters)]);
    return createHash("sha256").update(inputs).digest("hex");
  } catch {
    return null; // circles and BigInts have no JSON: such calls are not cached
  }
}

/** `{a, b}` and `{b, a}` are the same arguments. */
function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ordered);
  if (value instanceof Map || value instanceof Set) return [value.constructor.name, ordered([...value])];
  if (typeof value !== "object" || value === null || value instanceof Date) return value;
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, item]) => [key, ordered(item)]));
}
