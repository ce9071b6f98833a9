// Writes a list of tags as the text of one field, and reads it back: a tag with a comma is in quotes.

/** `a, "b, c"` */
export function textOfTags(tags: readonly string[]): string {
  return tags.map((tag) => (/[",]|^\s|\s$/.test(tag) || tag === "" ? JSON.stringify(tag) : tag)).join(", ");
}

/** Each tag once, in the order of the text. */
export function tagsOf(text: string): string[] {
  const found = text.match(/\s*"(?:\\.|[^"\\])*"\s*(?=,|$)|[^,]+/g) ?? [];
  return [
    ...new Set(found.map((part) => unquoted(part.trim())).filter((tag, at) => tag !== "" || found[at]?.includes('"'))),
  ];
}

function unquoted(part: string): string {
  if (!/^".*"$/s.test(part)) return part;
  try {
    return String(JSON.parse(part));
  } catch {
    return part;
  }
}
