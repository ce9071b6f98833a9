// Shortens ids as far as they still differ from one another. Commands take the beginning of an id.

const SHORTEST = 8;

/**
 * Each id cut to the same length. What is no id stays as it is.
 *
 * @example
 * shortIds(["01a20946-350f-70f8-ab27-c804bdef8934"]); // ["01a20946"]
 */
export function shortIds(ids: readonly string[]): string[] {
  const different = new Set(ids).size;
  let length = SHORTEST;
  while (length < 36 && new Set(ids.map((id) => id.slice(0, length))).size < different) length += 1;
  return ids.map((id) => (id.length === 36 ? id.slice(0, length).replace(/-$/, "") : id));
}
