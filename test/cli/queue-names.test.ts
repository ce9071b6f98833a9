// Names of work queues that are none.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { type TestTerminal, testTerminal } from "./io.ts";

let terminal: TestTerminal;
beforeAll(() => {
  terminal = testTerminal();
});
afterAll(() => terminal.close());

for (const words of [
  ["agent", "start", "-q", ""],
  ["agent", "start", "-q", "a", "-q", " "],
  ["agent", "start", ""],
  ["worker", "start", "-p", "x", "-q", ""],
  ["server", "start", "--agent", ""],
]) {
  test(`C10: ${JSON.stringify(words)} is refused with one sentence`, async () => {
    const { code, err } = await terminal.orch(...words);
    expect([code, err]).toEqual([1, "A work queue needs a name, and an empty one was given."]);
  });
}
