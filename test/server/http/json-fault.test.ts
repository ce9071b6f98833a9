// Broken JSON, in the words and at the places of Python's parser (seen there).
import { expect, test } from "bun:test";
import { jsonFault } from "#server/http/json-fault.ts";

const faults: [text: string, msg: string, pos: number, lineno?: number, colno?: number][] = [
  ["{broken", "Expecting property name enclosed in double quotes", 1],
  ["nope", "Expecting value", 0],
  ["[1,]", "Expecting value", 3],
  ["[1 2]", "Expecting ',' delimiter", 3],
  ['{"a" 1}', "Expecting ':' delimiter", 5],
  ['{"a": 1 "b": 2}', "Expecting ',' delimiter", 8],
  ['{"a": 1,}', "Expecting property name enclosed in double quotes", 8],
  ['{"a": }', "Expecting value", 6],
  ['"open', "Unterminated string starting at", 0],
  ['{"a": "open}', "Unterminated string starting at", 6],
  ['"\\x"', "Invalid \\escape", 1],
  ['"\\u12"', "Invalid \\uXXXX escape", 2],
  ["{} {}", "Extra data", 3],
  ['{\n  "a": nope\n}', "Expecting value", 9, 2, 8],
  ["[[[", "Expecting value", 3],
  ["-", "Expecting value", 0],
];

for (const [text, msg, pos, lineno = 1, colno = pos + 1] of faults) {
  test(`${JSON.stringify(text)}: ${msg}, at ${pos}`, () => {
    expect(() => JSON.parse(text)).toThrow();
    expect(jsonFault(text)).toEqual({ msg, pos, lineno, colno });
  });
}
