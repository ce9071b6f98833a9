// The line of a message that says most.
import { expect, test } from "bun:test";
import { messageLine } from "#domain/message-line.ts";

const CASES: [what: string, message: string | null, line: string | null][] = [
  ["no message", null, null],
  ["nothing but space", " \n ", null],
  ["one line", "All states completed.", "All states completed."],
  ["an error of the engine", "Flow run encountered an exception. Error: boom\n    at run (a.ts:1:1)", "Error: boom"],
  [
    "an error of a task",
    "Task run encountered an exception: TypeError: x is not a function",
    "TypeError: x is not a function",
  ],
  ["an error whose sentence is on the next line", "Flow run encountered an exception.\nError: boom", "Error: boom"],
  ["nothing beside the engine's words", "Flow run encountered an exception.", "Flow run encountered an exception."],
  [
    "a traceback of Python",
    "Flow run encountered an exception. Traceback (most recent call last):\n  File \"flows.py\", line 20\nKeyError: 'city'\n",
    "KeyError: 'city'",
  ],
  ["an empty line in front", "\n\n  late\nlater", "late"],
];
for (const [what, message, line] of CASES) test(what, () => expect(messageLine(message)).toBe(line));

test("a long line is cut between two characters, and says so", () => {
  expect(messageLine("🦊".repeat(200))).toBe(`${"🦊".repeat(150)}…`);
  expect(messageLine(`a${"🦊".repeat(200)}`)).toBe(`a${"🦊".repeat(149)}…`);
});
