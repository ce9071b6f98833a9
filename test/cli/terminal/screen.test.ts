// How commands reach a terminal, and a pipe.

import { expect, test } from "bun:test";
import { details } from "#cli/details/draw.ts";
import type { Paint } from "#cli/kit/command.ts";
import { PLAIN } from "#cli/terminal/colours.ts";
import { json, ownLog, page, record } from "#cli/terminal/layout.ts";
import { table } from "#cli/terminal/output.ts";
import { createScreen } from "#cli/terminal/screen.ts";

const plain = createScreen(false);
const GREEN_AND_RED: Paint = {
  ...PLAIN,
  good: (text) => `\x1b[32m${text}\x1b[39m`,
  bad: (text) => `\x1b[31m${text}\x1b[39m`,
};

test("R8: a line break of others is marked on a terminal, and stays as it is in a pipe", () => {
  expect(plain.shown("a\r\nb\nc\r", true)).toBe("a\n  | b\n  | c");
  expect(plain.shown("a\r\nb\x1b", false)).toBe("a\r\nb\x1b");
});

test("R8: only orch's own colours are colours", () => {
  const { paint, shown } = createScreen(true, GREEN_AND_RED);
  const line = `${paint.good("fine \x1b[31m")} \x1b[32mnot`;
  expect(shown(line, true)).toBe("\x1b[32mfine \\x1b[31m\x1b[39m \\x1b[32mnot");
  expect(shown(paint.bad("a\nb"), true)).toBe("\x1b[31ma\n  | b\x1b[39m");
  expect(shown(paint.good("piped"), false)).toBe("\x1b[32mpiped\x1b[39m");
});

test("R8: another screen's marks are no colours", () => {
  const forged = createScreen(true).paint.good("x");
  expect(createScreen(true).shown(forged, true)).toBe(forged);
});

test("R8: layouts keep their own line breaks; tables measure what they show", () => {
  expect(plain.shown(page("a\n\x1b"), true)).toBe("a\n\\x1b");
  expect(plain.shown(json({ a: "\x1b\u202e" }), true)).toBe('{\n  "a": "\\u001b\\u202e"\n}');
  const drawn = plain.shown(table("t\n", ["Name"], [["\x1b[31m"], ["a\tb\nc"]], 80), true).split("\n");
  expect(drawn).toEqual([
    "    t\\n",
    "┏━━━━━━━━━━┓",
    "┃ Name     ┃",
    "┡━━━━━━━━━━┩",
    "│ \\x1b[31m │",
    "│ a    b   │",
    "│ c        │",
    "└──────────┘",
  ]);
  const one = details("r\n", [[{ label: "n\n", value: "v\x07\nforged: x" }]], 80);
  expect(plain.shown(one, true)).toBe("r\\n\n\nn\\n:  v\\x07\n      forged: x");
});

test("R8: a flow's own log keeps its colours, and nothing else", () => {
  expect(plain.shown(ownLog("\x1b[1;31mred\x1b[0m\n\x1b[38;5;9mx\x1b[8mhidden\x1b]0;t\x07"), true)).toBe(
    "\x1b[1;31mred\x1b[0m\n  | \x1b[38;5;9mx\\x1b[8mhidden\\x1b]0;t\\x07",
  );
});

test("texts are folded at words on a terminal, to its width; a path is left whole", () => {
  const long = "To make a new one, remove it first: orch profile delete 'x'";
  expect(plain.shown(long, true, 40)).toBe("To make a new one, remove it first: orch\nprofile delete 'x'");
  expect(plain.shown(`  ${long}`, true, 40)).toBe("  To make a new one, remove it first:\n  orch profile delete 'x'");
  expect(plain.shown("It is /a/path/that/does/not/fit/into/one/line of it", true, 40)).toBe(
    "It is\n/a/path/that/does/not/fit/into/one/line\nof it",
  );
  expect(plain.shown("✔ server    http://x answers, and speaks the API as we do", true, 40)).toBe(
    "✔ server    http://x answers, and speaks\n            the API as we do",
  );
  for (const columns of [100, 20, 0]) expect(plain.shown(long, true, columns)).toBe(long);
  expect(plain.shown(long, false, 40)).toBe(long);
});

test("what goes on below in a log is marked, and keeps its colour", () => {
  const text = "10:00:00 | INFO | Flow run 'x' - one two three four five six";
  const folded = "10:00:00 | INFO | Flow run 'x' - one\n  | two three four five six";
  expect(plain.shown(record(text), true, 40)).toBe(folded);
  expect(plain.shown(record(text), false, 40)).toBe(text);
  expect(plain.shown(ownLog(`\x1b[31m${text}\x1b[0m`), true, 40)).toContain("\n  | \x1b[31mtwo");
  expect(plain.shown(record("a\n    at one two three four five six seven (x.ts)"), true, 40)).toBe(
    "a\n  |     at one two three four five six\n  |     seven (x.ts)",
  );
});

test("what is laid out already is not folded", () => {
  const wide = "x ".repeat(60).trim();
  expect(plain.shown(page(wide), true, 40)).toBe(wide);
});
