// Compares an answer with the one before: what has not changed stays the same object, so that it is not drawn again.
import { isExact } from "#lib/json.ts";
import { setOwn } from "#lib/own.ts";

/**
 * `now`, with each part of it that equals the one before replaced by that: rows by their ids, other items by their places.
 * The very answer before, when nothing has changed. `now` is fresh and used for nothing else: it is changed in place.
 */
export function kept(before: unknown, now: unknown): unknown {
  if (before === now || typeof before !== "object" || before === null || typeof now !== "object" || now === null)
    return now;
  if (isExact(before) || isExact(now))
    return isExact(before) && isExact(now) && before.rawJSON === now.rawJSON ? before : now;
  if (Array.isArray(now)) return Array.isArray(before) ? keptList(before, now) : now;
  return Array.isArray(before) ? now : keptObject(before as Keyed, now as Keyed); // neither list nor number
}

type Keyed = Record<string, unknown>;

function keptList(before: readonly unknown[], now: unknown[]): unknown[] {
  const byId = new Map(before.flatMap((item) => (idOf(item) === undefined ? [] : [[idOf(item), item]])));
  let isSame = before.length === now.length;
  for (const [index, item] of now.entries()) {
    const id = idOf(item);
    const one = kept(id === undefined ? before[index] : byId.get(id), item);
    now[index] = one;
    isSame &&= one === before[index];
  }
  return isSame ? (before as unknown[]) : now; // equal, and read only
}

function idOf(item: unknown): unknown {
  return typeof item === "object" && item !== null ? (item as { id?: unknown }).id : undefined;
}

function keptObject(before: Keyed, now: Keyed): Keyed {
  const names = Object.keys(now);
  let isSame = names.length === Object.keys(before).length;
  for (const name of names) {
    const one = Object.hasOwn(before, name) ? kept(before[name], now[name]) : now[name];
    if (one !== now[name]) setOwn(now, name, one);
    isSame &&= Object.hasOwn(before, name) && one === before[name];
  }
  return isSame ? before : now;
}
