// JSON patches: what RFC 6902 says of each operation.
import { expect, test } from "bun:test";
import { type Json, parseJson } from "#lib/json.ts";
import { patched } from "#lib/json-patch.ts";

const CASES: [what: string, document: Json, patch: Json[], expected: Json][] = [
  ["adds a member", { a: 1 }, [{ op: "add", path: "/b", value: { c: null } }], { a: 1, b: { c: null } }],
  ["adds over a member", { a: 1 }, [{ op: "add", path: "/a", value: 2 }], { a: 2 }],
  ["adds into a list", { a: [1, 3] }, [{ op: "add", path: "/a/1", value: 2 }], { a: [1, 2, 3] }],
  ["adds behind a list", { a: [1] }, [{ op: "add", path: "/a/-", value: [2] }], { a: [1, [2]] }],
  ["adds the whole", { a: 1 }, [{ op: "add", path: "", value: [1] }], [1]],
  [
    "removes",
    { a: [1, 2], b: 1 },
    [
      { op: "remove", path: "/a/0" },
      { op: "remove", path: "/b" },
    ],
    { a: [2] },
  ],
  ["replaces", { a: [1, 2] }, [{ op: "replace", path: "/a/1", value: "x" }], { a: [1, "x"] }],
  ["replaces the whole", { a: 1 }, [{ op: "replace", path: "", value: 5 }], 5],
  ["moves", { a: { b: 1 }, c: [] }, [{ op: "move", from: "/a/b", path: "/c/0" }], { a: {}, c: [1] }],
  [
    "copies",
    { a: { b: [1] } },
    [
      { op: "copy", from: "/a", path: "/c" },
      { op: "add", path: "/c/b/-", value: 2 },
    ],
    { a: { b: [1] }, c: { b: [1, 2] } },
  ],
  [
    "tests",
    { a: { b: [1], c: 2 } },
    [
      { op: "test", path: "/a", value: { c: 2, b: [1] } },
      { op: "remove", path: "/a" },
    ],
    {},
  ],
  [
    "unescapes ~1 and ~0",
    { "a/b": 1, "m~n": 2 },
    [
      { op: "remove", path: "/a~1b" },
      { op: "replace", path: "/m~0n", value: 3 },
    ],
    { "m~n": 3 },
  ],
  ["takes __proto__ as a key", {}, [{ op: "add", path: "/__proto__", value: 1 }], parseJson('{"__proto__": 1}')],
  [
    "keeps numbers by their digits",
    parseJson('{"a": 9007199254740993}'),
    [{ op: "copy", from: "/a", path: "/b" }],
    parseJson('{"a": 9007199254740993, "b": 9007199254740993}'),
  ],
];

for (const [what, document, patch, expected] of CASES) {
  test(`blocks 24: a patch ${what}`, () => {
    const before = JSON.stringify(document);
    expect(JSON.stringify(patched(document, patch))).toBe(JSON.stringify(expected));
    expect(JSON.stringify(document)).toBe(before);
  });
}

const REFUSED: [what: string, patch: Json[], sentence: string][] = [
  [
    "leads nowhere",
    [{ op: "add", path: "/x/y", value: 1 }],
    "operation 1 leads to '/x/y', and there is no such place.",
  ],
  [
    "removes what is not there",
    [
      { op: "test", path: "/a", value: [1] },
      { op: "remove", path: "/b" },
    ],
    "operation 2 leads to '/b', and there is no such place.",
  ],
  [
    "replaces what is not there",
    [{ op: "replace", path: "/b", value: 1 }],
    "operation 1 leads to '/b', and there is no such place.",
  ],
  [
    "is beyond a list",
    [{ op: "add", path: "/a/2", value: 1 }],
    "operation 1 leads to '/a/2', and there is no such place.",
  ],
  [
    "has an index with a zero before it",
    [{ op: "add", path: "/a/00", value: 1 }],
    "operation 1 leads to '/a/00', and there is no such place.",
  ],
  [
    "goes into a number",
    [{ op: "add", path: "/a/0/b", value: 1 }],
    "operation 1 leads to '/a/0/b', and there is no such place.",
  ],
  ["has no value", [{ op: "add", path: "/b" }], "operation 1 (add /b) has no value."],
  [
    "has a path without a slash",
    [{ op: "add", path: "b", value: 1 }],
    "operation 1 needs a 'path' such as /spec/template, not 'b'.",
  ],
  ["has no from", [{ op: "move", path: "/b" }], "operation 1 needs a 'from' such as /spec/template, not 'null'."],
  [
    "moves into itself",
    [{ op: "move", from: "/a", path: "/a/0" }],
    "operation 1 (move /a) would move a value into itself.",
  ],
  [
    "tests for another value",
    [{ op: "test", path: "/a", value: [2] }],
    "operation 1 (test /a) finds another value there.",
  ],
  [
    "has no such op",
    [{ op: "put", path: "/a", value: 1 }],
    "operation 1 has op 'put': give add, remove, replace, move, copy or test.",
  ],
  ["is text", ["x"], "operation 1 is not an object with op and path."],
];

for (const [what, patch, sentence] of REFUSED) {
  test(`blocks 24: a patch that ${what} is refused`, () => {
    expect(() => patched({ a: [1] }, patch, "'customizations'")).toThrow(
      `'customizations' cannot be applied: ${sentence}`,
    );
  });
}
