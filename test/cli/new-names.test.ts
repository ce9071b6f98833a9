// The names that commands take for new things, and the one sentence about the others.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type TestTerminal, testTerminal } from "./io.ts";

let terminal: TestTerminal;
beforeAll(() => {
  terminal = testTerminal();
});
afterAll(() => terminal.close());

const MAKERS: [thing: string, words: (name: string) => string[]][] = [
  ["a profile", (name) => ["profile", "create", "--", name]],
  ["a profile", (name) => ["profile", "rename", "--", "default", name]],
  ["a work pool", (name) => ["work-pool", "create", "--", name]],
  ["a work queue", (name) => ["work-queue", "create", "--", name]],
];
const TAG: (typeof MAKERS)[number] = ["a tag", (name) => ["concurrency-limit", "create", "--", name, "1"]];
const BAD: [name: string, shown: string, why: string][] = [
  ["..", "..", "in addresses and paths it means a folder"],
  ["a\nb", "a\\nb", "it has a line break or another control character"],
  ["a\u001b[2J", "a\\u001b[2J", "it has a line break or another control character"],
  [" a", " a", "it begins or ends with a space"],
  ["x".repeat(300), `${"x".repeat(40)}…`, "it has 300 characters, and 255 are the most"],
];
const BAD_LETTERS: typeof BAD = [
  ["a/b", "a/b", "it has '/'; letters, digits, spaces and . _ - : do"],
  ["-x", "-x", "it would be read as an option; begin with a letter or a digit"],
];

describe("commands 6: a name that would be of no use is refused", () => {
  const cases = [...MAKERS.map((maker) => [maker, [...BAD, ...BAD_LETTERS]] as const), [TAG, BAD] as const];
  for (const [[thing, words], names] of cases) {
    for (const [name, shown, why] of names) {
      test(`orch ${words("").slice(0, 2).join(" ")}: ${shown}`, async () => {
        const { code, err } = await terminal.orch(...words(name));
        expect([code, err]).toEqual([1, `'${shown}' is no name for ${thing}: ${why}.`]);
      });
    }
  }
  test("a variable's that is too long", async () => {
    const { code, err } = await terminal.orch("variable", "set", "x".repeat(300), "1");
    expect([code, err]).toEqual([1, expect.stringContaining("it has 300 characters, and 255 are the most.")]);
  });
  test("a profile's that differs from another only by capitals", async () => {
    const { code, err } = await terminal.orch("profile", "create", "Default");
    expect([code, err]).toEqual([
      1,
      "'Default' differs from the profile 'default' only by capitals: take another name.",
    ]);
  });
  for (const name of ["my pool", "crème-1", "a.b:c"]) {
    test(`'${name}' is taken`, async () => {
      for (const kind of ["profile", "work-pool", "work-queue"]) {
        expect((await terminal.orch(kind, "create", name)).code).toBe(0);
      }
    });
  }
  test("a profile may change its capitals", async () => {
    await terminal.orch("profile", "create", "work");
    expect((await terminal.orch("profile", "rename", "work", "Work")).code).toBe(0);
  });
});

test("a value that is too long for a variable is refused before anything is asked of a server", async () => {
  const { code, err } = await terminal.orch("variable", "set", "long", "x".repeat(5001));
  expect([code, err]).toEqual([1, "The value has 5001 characters: values of variables have at most 5000."]);
});

test("a number below zero is an argument", async () => {
  expect((await terminal.orch("variable", "set", "cold", "-5")).code).toBe(0);
  expect(JSON.parse((await terminal.orch("variable", "inspect", "cold", "--json")).out)).toMatchObject({ value: "-5" });
  const { err } = await terminal.orch("work-queue", "set-concurrency-limit", "q", "-1");
  expect(err).toBe("LIMIT must be a whole number of at least 0, not '-1'.");
});
