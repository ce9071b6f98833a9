// Makes the characters of others harmless for a terminal: what would move its cursor, change its title, its clipboard or the
// direction of its text, and what cannot be seen, is printed as an escape such as `\x1b` or `\u202e`.

/** Text of these alone is printed as it is: the usual case, and fifty times as quick to find. */
const PLAIN = /^[\n\t\x20-\x7e]*$/;

const JOINED = "[\\p{Extended_Pictographic}\\p{Emoji_Modifier}\\ufe0f[[\\p{L}\\p{M}]--[a-zA-Z]]]";
/**
 * Controls of both tables, DEL, marks of direction, separators of lines, letters without width or form, tags, and the halves
 * of a surrogate pair. A joiner stays inside of an emoji and between letters beyond ASCII, which need it.
 */
const UNSAFE = new RegExp(
  [
    "[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f\\xad]",
    "[\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180e\\u200b\\u200e\\u200f\\u2028-\\u202e\\u2060-\\u206f\\u3164\\ufeff\\uffa0\\ufff9-\\ufffb]",
    "[\\u{1d173}-\\u{1d17a}\\u{e0000}-\\u{e00ff}\\u{e01f0}-\\u{e0fff}\\ud800-\\udfff]",
    "(?<!\\p{Script=Han})[\\u{e0100}-\\u{e01ef}]",
    `(?<!${JOINED})[\\u200c\\u200d]|[\\u200c\\u200d](?!${JOINED})`,
    // No language puts so many marks upon a letter; they would be drawn over the lines around.
    "(?<=\\p{M}{6})\\p{M}",
  ].join("|"),
  "gv",
);

const NAMED: Record<string, string> = { "\r": "\\r", "\b": "\\b", "\v": "\\v", "\f": "\\f", "\0": "\\0" };

/**
 * Line breaks and tabs stay.
 *
 * @example
 * visible("a\x1b[31mb"); // a\x1b[31mb, in letters
 */
export function visible(text: string): string {
  return PLAIN.test(text) ? text : text.replace(UNSAFE, (letter) => NAMED[letter] ?? escaped(letter));
}

/** A text that takes one line, as in a cell of a table. */
export function visibleLine(text: string): string {
  return visible(text).replaceAll("\n", "\\n").replaceAll("\t", "    ");
}

function escaped(letter: string): string {
  const code = letter.codePointAt(0) ?? 0;
  const digits = code.toString(16);
  if (code < 0x100) return `\\x${digits.padStart(2, "0")}`;
  return code < 0x10000 ? `\\u${digits.padStart(4, "0")}` : `\\u{${digits}}`;
}

/** JSON text that means the same and is harmless: such characters stand in its strings only, as `\u009b`. */
export function visibleJson(json: string): string {
  return PLAIN.test(json) ? json : json.replace(UNSAFE, jsonEscaped);
}

function jsonEscaped(letter: string): string {
  const units = Array.from({ length: letter.length }, (_, at) => letter.charCodeAt(at));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, "0")}`).join("");
}
