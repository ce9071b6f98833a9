// Names of one word and of two.
import { describe, expect, test } from "bun:test";
import type { Entry, Group } from "#cli/kit/command.ts";
import { commandNamed, commandsUnder } from "#cli/kit/named-command.ts";

const entry = (description: string): Entry => ({ description, load: () => Promise.reject(new Error("not called")) });
const group: Group = {
  description: "A group.",
  commands: { ls: entry("ls"), "type ls": entry("type ls"), "type delete": entry("type delete") },
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
  test(`'${words.join(" ")}' names ${name?.join(" ") ?? "nothing"}`, () => {
    const found = commandNamed(group, words);
    expect([found?.name, found?.rest ?? []]).toEqual([name, rest]);
    if (name) expect(found?.entry.description).toBe(name.join(" "));
  });
}

describe("what lies under a word", () => {
  test("is told by the second words", () =>
    expect(Object.keys(commandsUnder(group, "type") ?? {})).toEqual(["ls", "delete"]));
  test("may be nothing", () =>
    expect([commandsUnder(group, "ls"), commandsUnder(group, "none")]).toEqual([undefined, undefined]));
});
