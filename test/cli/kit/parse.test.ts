import { describe, expect, test } from "bun:test";
import { command, UsageError } from "#cli/kit/command.ts";
import { parseOptions } from "#cli/kit/parse.ts";
import { editDistance, nearest } from "#lib/text/nearest.ts";

const example = command({
  description: "For these tests.",
  options: {
    entry: { type: "positional", required: true, description: "" },
    rest: { type: "positional", multiple: true, description: "" },
    name: { type: "string", alias: "n", description: "" },
    tag: { type: "string", alias: "t", multiple: true, description: "" },
    apply: { type: "boolean", alias: "a", description: "" },
    services: { type: "boolean", default: true, description: "" },
    limit: { type: "string", default: "15", description: "" },
  },
  run: async () => {},
});

const NONE = { rest: [], name: undefined, tag: [], apply: false, services: true, limit: "15" };

const PARSED: [words: string[], options: object][] = [
  [["x"], { ...NONE, entry: "x" }],
  [["x", "y", "z"], { ...NONE, entry: "x", rest: ["y", "z"] }],
  [["-n", "a", "x"], { ...NONE, entry: "x", name: "a" }],
  [["--name=a=b", "x"], { ...NONE, entry: "x", name: "a=b" }],
  [["-t", "1", "--tag", "2", "x"], { ...NONE, entry: "x", tag: ["1", "2"] }],
  [["x", "-a"], { ...NONE, entry: "x", apply: true }],
  [["-an", "a", "x"], { ...NONE, entry: "x", apply: true, name: "a" }],
  [["--no-services", "x"], { ...NONE, entry: "x", services: false }],
  [["--limit", "3", "x"], { ...NONE, entry: "x", limit: "3" }],
  [["--limit", "-3", "x"], { ...NONE, entry: "x", limit: "-3" }],
  [["-n", "-.5", "x"], { ...NONE, entry: "x", name: "-.5" }],
  [["-t", "-1", "-t", "-2", "--", "--limit", "-3"], { ...NONE, entry: "--limit", rest: ["-3"], tag: ["-1", "-2"] }],
  [["x", "-5", "-n", "-2", "-.5"], { ...NONE, entry: "x", rest: ["-5", "-.5"], name: "-2" }],
  [["--", "-5"], { ...NONE, entry: "-5" }],
  [["--", "--weird"], { ...NONE, entry: "--weird" }],
];
for (const [words, options] of PARSED) {
  test(`${words.join(" ")} reads as ${JSON.stringify(options)}`, async () =>
    expect((await parseOptions(example, words)) as object).toEqual(options));
}

const REFUSED: [words: string[], sentence: string][] = [
  [[], "Missing argument 'ENTRY'."],
  [["x", "--nam", "a"], "No such option: --nam. Did you mean --name?"],
  [["x", "--zzzzzz"], "No such option: --zzzzzz."],
  [["x", "-z"], "No such option: -z."],
  [["x", "--name"], "--name"],
  [["x", "--name", "-a"], "--name"],
  [["x", "--apply=yes"], "--apply"],
  [["--name", "-z", "x", "-z"], "No such option: -z."],
];
for (const [words, sentence] of REFUSED) {
  test(`${words.join(" ") || "(nothing)"} is refused: ${sentence}`, async () => {
    const parsing = parseOptions(example, words);
    await expect(parsing).rejects.toThrow(sentence);
    await expect(parsing).rejects.toBeInstanceOf(UsageError);
  });
}

describe("the nearest word", () => {
  const KNOWN = ["build", "apply", "inspect", "delete"];
  const NEAREST: [word: string, meant: string | undefined][] = [
    ["bild", "build"],
    ["aply", "apply"],
    ["inspct", "inspect"],
    ["delet", "delete"],
    ["xyz", undefined],
  ];
  for (const [word, meant] of NEAREST) test(`of '${word}' is ${meant}`, () => expect(nearest(word, KNOWN)).toBe(meant));

  test("counts letters that were inserted, removed or replaced", () => {
    expect(editDistance("", "abc")).toBe(3);
    expect(editDistance("kitten", "sitting")).toBe(3);
    expect(editDistance("same", "same")).toBe(0);
  });
});
