// What is left out of the types that the executable carries along.
import { expect, test } from "bun:test";
import { withoutComments } from "./checker-asset.ts";

const CASES: [what: string, text: string, left: string][] = [
  ["comments of both kinds", "/** Doc. */\nlet a: 1; // one\n/* two\n */let b;\n", "let a: 1; \nlet b;\n"],
  ["but no references", '/// <reference types="node" />\n// gone\n', '/// <reference types="node" />\n\n'],
  [
    "nor what looks like one in a literal",
    "type T = \"image/*\" | '//' | `/*x`;\n",
    "type T = \"image/*\" | '//' | `/*x`;\n",
  ],
];
for (const [what, text, left] of CASES) {
  test(`withoutComments() drops ${what}`, () => expect(withoutComments(text).trim()).toBe(left.trim()));
}
