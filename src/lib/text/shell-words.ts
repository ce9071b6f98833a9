// Splits a command line into its words as a shell does, without expanding anything in them; quotes a word for one.
import { OrchError } from "../errors.ts";

/** A quoted part, an escaped character, or a run of plain ones. */
const PART = /'([^']*)'|"((?:\\[\s\S]|[^"\\])*)"|\\([\s\S])|([^\s'"\\]+)/y;

/**
 * Matches Python's `shlex.split`. Throws `invalid` for a quotation that does not end.
 *
 * @example
 * shellWords(`sh -c "echo 'a b'"`); // ["sh", "-c", "echo 'a b'"]
 */
export function shellWords(text: string): string[] {
  const words: string[] = [];
  let at = 0;
  for (;;) {
    while (/\s/.test(text[at] ?? "")) at += 1;
    if (at >= text.length) return words;
    let word = "";
    while (at < text.length && !/\s/.test(text[at] ?? "")) {
      PART.lastIndex = at;
      const [part, single, double, escaped, plain] = PART.exec(text) ?? [];
      if (part === undefined) throw new OrchError("invalid", `'${text}' has a quotation that does not end.`);
      word += single ?? double?.replace(/\\(["\\])/g, "$1") ?? escaped ?? plain ?? "";
      at = PART.lastIndex;
    }
    words.push(word);
  }
}

/**
 * Words as a command line that people copy; only those that need it are quoted.
 *
 * @example
 * shellLine(["ls", "-l", "my files"]); // ls -l 'my files'
 */
export function shellLine(words: readonly string[]): string {
  return words.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : shellQuoted(word))).join(" ");
}

/**
 * A text as one word of a command line that people copy.
 *
 * @example
 * shellQuoted("it's"); // 'it'\''s'
 */
export function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
