// A file is added to a tsconfig.json where it is missing, and nothing else of the text changes.
import { describe, expect, test } from "bun:test";
import { withIncluded } from "#project/typescript/tsconfig.ts";

const added = (text: string) => withIncluded(text, "orch.d.ts");

describe("the text stays as it is when the file belongs to the project already:", () => {
  const THERE = [
    "{}",
    '{ "compilerOptions": { "strict": true } }',
    '{ "include": ["flows", "orch.d.ts"] }',
    '{ "include": ["./orch.d.ts"] }',
    '{ "include": ["**/*"] }',
    '{ "include": ["*.ts"] }',
    '{ "include": ["."] }',
    '{ "include": ["./"] }',
    '{ "files": ["a.ts", "orch.d.ts"] }',
    '// first\n{ "include": ["**/*.ts",], }',
  ];
  for (const text of THERE) test(text.replaceAll("\n", " "), () => expect(added(text)).toBe(text));
});

describe("it is added in the manner of what is there", () => {
  const MENDED: [what: string, before: string, after: string][] = [
    ["on one line", '{ "include": ["flows"] }', '{ "include": ["flows", "orch.d.ts"] }'],
    ["to an empty list", '{ "include": [] }', '{ "include": ["orch.d.ts"] }'],
    ["to files", '{ "files": ["a.ts"] }', '{ "files": ["a.ts", "orch.d.ts"] }'],
    ["where a pattern is for another folder", '{"include":["src/**/*"]}', '{"include":["src/**/*", "orch.d.ts"]}'],
    [
      "between comments, a line of its own",
      '{\n  // what we ship\n  "include": [\n    "src", // sources\n    /* and */ "flows",\n  ],\n}\n',
      '{\n  // what we ship\n  "include": [\n    "src", // sources\n    /* and */ "flows", "orch.d.ts",\n  ],\n}\n',
    ],
    [
      "with tabs",
      '{\n\t"include": [\n\t\t"src"\n\t] // here\n}',
      '{\n\t"include": [\n\t\t"src",\n\t\t"orch.d.ts"\n\t] // here\n}',
    ],
  ];
  for (const [what, before, after] of MENDED) test(what, () => expect(added(before)).toBe(after));
});

test("what is no object is refused with a sentence, and written nowhere", () => {
  expect(() => added('{ "include": [')).toThrow("tsconfig.json is not valid: ");
  expect(() => added("[]")).toThrow("tsconfig.json is not valid: it must be an object.");
});
