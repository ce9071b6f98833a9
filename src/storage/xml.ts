// Reads the few elements of answers of object stores that are needed. They have no comments or mixed content there.

/** The text of the first element of the name, without entities; undefined where there is none. */
export function elementText(xml: string, name: string): string | undefined {
  const [inner] = elements(xml, name);
  return inner === undefined ? undefined : decoded(inner);
}

/** The inside of each element of the name, as it is written; of those in one another, the outer ones. */
export function elements(xml: string, name: string): string[] {
  const pattern = new RegExp(`<${name}(?:\\s[^>]*)?(?:/>|>(.*?)</${name}\\s*>)`, "gs");
  return [...xml.matchAll(pattern)].map(([, inner]) => inner ?? "");
}

export function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

const NAMED: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };
const CDATA = /<!\[CDATA\[(.*?)\]\]>/gs;

function decoded(text: string): string {
  const plain = text.replace(CDATA, (_, inner: string) => escaped(inner));
  return plain.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (entity, hex, decimal, name) => {
    if (name !== undefined) return NAMED[name] ?? entity;
    const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
    return code <= 0x10ffff ? String.fromCodePoint(code) : entity;
  });
}
