// Makes names and labels that Kubernetes takes of any text, as Prefect 2.10.4 does.

const LONGEST_LABEL = 63;
const LONGEST_PREFIX = 253;
/** Leaves room for what the name is made unique by. */
const LONGEST_NAME = 45;

/** Letters that are no letter of ASCII with a mark. */
const SPELT: Readonly<Record<string, string>> = {
  ß: "ss",
  æ: "ae",
  Æ: "AE",
  œ: "oe",
  ø: "o",
  Ø: "O",
  ł: "l",
  Ł: "L",
  đ: "d",
};

/** `Größe 5!` becomes `grosse-5`: letters and digits of ASCII, in small letters, and `-` for all between them. */
function slug(text: string, others: RegExp, longest: number): string {
  return text
    .replace(/'+/g, "-")
    .replace(/[ßæÆœøØłŁđ]/g, (letter) => SPELT[letter] ?? "")
    .normalize("NFKD")
    .replace(/[^\p{ASCII}]/gu, "")
    .toLowerCase()
    .replace(/(?<=\d),(?=\d)/g, "")
    .replace(others, "-")
    .replace(/-{2,}/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, longest)
    .replace(/^-+|-+$/g, "");
}

/** Empty where nothing of the text can be kept. */
export function nameSlug(text: string): string {
  return slug(text, /[^a-zA-Z0-9-]+/g, LONGEST_NAME);
}

/** `prefix/name`, each part as a label's key may have it. A part of which nothing can be kept stays, and the cluster refuses it. */
export function labelKey(key: string): string {
  const [first = "", ...rest] = key.split("/");
  const name = rest.length > 0 ? rest.join("/") : first;
  const plain = trimmed(slug(name, /[^a-zA-Z0-9\-_.]+/g, LONGEST_LABEL)) || name;
  if (rest.length === 0 || first === "") return plain;
  return `${trimmed(slug(first, /[^a-zA-Z0-9\-.]+/g, LONGEST_PREFIX)) || first}/${plain}`;
}

/** As `labelKey`, for its value. */
export function labelValue(value: string): string {
  return trimmed(slug(value, /[^a-zA-Z0-9\-_.]+/g, LONGEST_LABEL)) || value;
}

function trimmed(text: string): string {
  return text.replace(/^[_.-]+|[_.-]+$/g, "");
}
