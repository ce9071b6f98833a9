// Empty values of options and arguments, as an unset variable of a script makes them.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { type TestTerminal, testTerminal } from "./io.ts";

let terminal: TestTerminal;
beforeAll(() => {
  terminal = testTerminal();
});
afterAll(() => terminal.close());

const REFUSED: [words: string[], named: string][] = [
  [["agent", "start", "-q", ""], "--work-queue"],
  [["agent", "start", "-q", "a", "-q", " "], "--work-queue"],
  [["agent", "start", ""], "QUEUE"],
  [["agent", "start", "-p", ""], "--pool"],
  [["agent", "start", "-m", ""], "--match"],
  [["agent", "start", "-t", ""], "--tag"],
  [["worker", "start", "-p", "x", "-q", ""], "--work-queue"],
  [["server", "start", "--agent", ""], "--agent"],
  [["work-pool", "create", ""], "NAME"],
  [["work-queue", "create", ""], "NAME"],
  [["concurrency-limit", "create", "", "1"], "TAG"],
  [["variable", "set", "", "x"], "NAME"],
  [["deployment", "build", "a.ts:b", "-n", "x", "-q", ""], "--work-queue"],
  [["deployment", "apply", ""], "PATHS"],
  [["check", ""], "PATHS"],
  [["dev", ""], "FOLDER"],
];
for (const [words, named] of REFUSED) {
  test(`C10: ${JSON.stringify(words)} is refused with one sentence`, async () => {
    const { code, err } = await terminal.orch(...words);
    expect(code).toBe(2);
    expect(err).toStartWith(`Invalid value for '${named}': it is empty.`);
  });
}

test("C10: a description, a version and a variable's value may be empty", async () => {
  await terminal.orch("variable", "set", "nothing", "");
  expect(JSON.parse((await terminal.orch("variable", "inspect", "nothing", "--json")).out)).toMatchObject({
    value: "",
  });
  const built = await terminal.orch("deployment", "build", "missing.ts:x", "-n", "x", "-d", "", "-v", "");
  expect(built.err).not.toContain("it is empty");
});
