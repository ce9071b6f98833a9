// JSON as Python prints it.
import { expect, test } from "bun:test";
import { pythonRepr } from "#lib/text/python-repr.ts";

for (const [value, text] of [
  [null, "None"],
  [true, "True"],
  [false, "False"],
  [1.5, "1.5"],
  ["a", "'a'"],
  ["it's", `"it's"`],
  [`both ' and "`, `'both \\' and "'`],
  ["a\nb\\", "'a\\nb\\\\'"],
  [[], "[]"],
  [{}, "{}"],
  [{ name: "Marvin", list: [1, null, { x: false }] }, "{'name': 'Marvin', 'list': [1, None, {'x': False}]}"],
] as const) {
  test(`${JSON.stringify(value)} is ${text}`, () => {
    expect(pythonRepr(value as never)).toBe(text);
  });
}
