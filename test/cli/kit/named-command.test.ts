// Names of one word and of two.
import { describe, expect, test } from "bun:test";
import type { Group } from "#cli/kit/command.ts";
import { commandNamed, commandsUnder } from "#cli/kit/named-command.ts";

const loaderOf = (name: string) => () => Promise.reject(new Error(name));
const group: Group = {
  description: "A group.",
  commands: { ls: loaderOf("ls"), "type ls": loaderOf("type ls"), "type delete": loaderOf("type delete") },
};

const table: [words: string[], name: string[] | undefined, rest: string[]][] = [
  [["ls", "--json"], ["ls"], ["--json"]],
  [["type", "ls", "a"], ["type", "ls"], ["a"]],
  [["ls", "type"], ["ls"], ["type"]],
  [["type"], undefined, []],
  [["type", "none"], undefined, []],
  [["constructor"], undefined, []],
  [[], undefined, []],
];
for (const [words, name, rest] of table) {
  test(`'${words.join(" ")}' names ${name?.join(" ") ?? "nothing"}`, async () => {
    const found = commandNamed(group, words);
    expect([found?.name, found?.rest ?? []]).toEqual([name, rest]);
    if (name) await expect(found?.load()).rejects.toThrow(name.join(" "));
  });
}

describe("what lies under a word", () => {
  test("is told by the second words", () =>
    expect(Object.keys(commandsUnder(group, "type") ?? {})).toEqual(["ls", "delete"]));
  test("may be nothing", () =>
    expect([commandsUnder(group, "ls"), commandsUnder(group, "none")]).toEqual([undefined, undefined]));
});
