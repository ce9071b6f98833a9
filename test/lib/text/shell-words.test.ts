// Command lines split into words, compared with what Python's shlex.split gives.
import { expect, test } from "bun:test";
import { shellWords } from "#lib/text/shell-words.ts";

const CASES: [text: string, words: string[]][] = [
  ["", []],
  ["  a  b\t\nc ", ["a", "b", "c"]],
  [`sh -c "echo 'a b'"`, ["sh", "-c", "echo 'a b'"]],
  [`a'b c'd`, ["ab cd"]],
  [`''`, [""]],
  [`a "" b`, ["a", "", "b"]],
  [String.raw`a\ b \"`, ["a b", '"']],
  [String.raw`"a\"b\n\\"`, [String.raw`a"b\n\ `.trim()]],
  [String.raw`'a\b'`, [String.raw`a\b`]],
];
for (const [text, words] of CASES) {
  test(JSON.stringify(text), () => expect(shellWords(text)).toEqual(words));
}
for (const text of ["'a", '"a', "a\\"]) {
  test(`${text} does not end`, () => expect(() => shellWords(text)).toThrow("has a quotation that does not end"));
}
