// Tells whether a text matches a schema's pattern. It is not judged where the languages that flows are written in may disagree.

const ESCAPE = String.raw`\\(?:[dDwWsSnrtfv]|x[\da-fA-F]{2}|u[\da-fA-F]{4}|[pP]\{\w+\}|[!-/:;=?@[-\x60{-~ ])`;
/** Python takes a `]` at the beginning as a letter; of Rust are `[a[b]]`, `&&`, `--`, `~~`, `||`. */
const CLASS = String.raw`\[\^?(?:${ESCAPE}|(?!&&|--|~~|\|\|)[^\\[\]])+\]`;
const GROUP = String.raw`\((?:\?[:=!]|(?![?*+{]))|\)`;
/** Without `{,n}`, which is a quantifier in Python, and without those that give nothing back, as `a++`. */
const QUANTIFIER = String.raw`(?:[*+?]|\{\d{1,3}(?:,\d{0,3})?\})\??(?![*+?{])`;
/** The signs that mean the same in Python, Rust (which reads the patterns of pydantic 2) and JavaScript. */
const SIGN = new RegExp(String.raw`${ESCAPE}|\\b|${CLASS}|${GROUP}|${QUANTIFIER}|[.^$|]|[^\\()[\]{}*+?.^$|]`, "guy");

/** In a text with one of these `.` and `$` differ, and so do the flags `m` and `s`. */
const CONTROL = /[\p{Cc}\u2028\u2029]/u;
/** What they are is a matter of Unicode in Python, and of ASCII in JavaScript. */
const OF_WORDS = /\\[dDwWsSb]/;
const ASCII = /^\p{ASCII}*$/u;

/** `undefined`: it is not judged. */
export function matches(pattern: string, text: string): boolean | undefined {
  if (CONTROL.test(pattern) || CONTROL.test(text)) return undefined;
  if (OF_WORDS.test(pattern) && !ASCII.test(text)) return undefined;
  const signs = pattern.match(SIGN) ?? [];
  if (signs.join("") !== pattern) return undefined;
  const source = signs.map(asInJavaScript).join("");
  try {
    // zod and pydantic leave the flags out of their schemas: the case of letters may not matter.
    return ["u", "iu"].some((flags) => new RegExp(source, flags).test(text));
  } catch {
    return undefined; // such as a range of a class that ends before it begins
  }
}

/** An escaped sign by its number: JavaScript takes `\-` and `\ ` for a mistake. */
function asInJavaScript(sign: string): string {
  return sign.replace(/\\(.)/gu, (escaped, letter: string) =>
    /\w/.test(letter) ? escaped : `\\x${letter.charCodeAt(0).toString(16)}`,
  );
}
