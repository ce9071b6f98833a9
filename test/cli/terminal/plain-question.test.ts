// What keys make of a line, and where questions are plain lines.
import { expect, test } from "bun:test";
import { asksPlainly, type Typed, typeInto } from "#cli/terminal/plain-question.ts";

const KEYS: [before: string, keys: string, typed: Typed][] = [
  ["", "abc", { line: "abc", rest: "" }],
  ["ab", "c\r", { line: "abc", end: "entered", rest: "" }],
  ["", "yes\nno\n", { line: "yes", end: "entered", rest: "no\n" }],
  ["abc", "\x7f\bz\n", { line: "az", end: "entered", rest: "" }],
  ["", "\x7f\r", { line: "", end: "entered", rest: "" }],
  ["ä😀", "\x7f\r", { line: "ä", end: "entered", rest: "" }],
  ["wrong", "\x15right\r", { line: "right", end: "entered", rest: "" }],
  ["ab", "\x1b[D\x1b[3~\x1bOPc\r", { line: "abc", end: "entered", rest: "" }],
  ["ab", "\x03", { line: "", end: "given up", rest: "" }],
  ["", "\x04", { line: "", end: "given up", rest: "" }],
  ["ab", "\x04c\r", { line: "abc", end: "entered", rest: "" }],
  ["a", "\tb\r", { line: "a\tb", end: "entered", rest: "" }],
];
for (const [before, keys, typed] of KEYS) {
  test(`${JSON.stringify(keys)} after ${JSON.stringify(before)}`, () => {
    expect(typeInto(before, keys)).toEqual(typed);
  });
}

const PLAIN: [env: Record<string, string>, isPlain: boolean][] = [
  [{}, false],
  [{ TERM: "xterm" }, false],
  [{ TERM: "dumb" }, true],
  [{ TERM: "dumb", FORCE_COLOR: "1" }, true],
  [{ TERM: "xterm", NO_COLOR: "1" }, true],
  [{ TERM: "xterm", FORCE_COLOR: "0" }, true],
];
for (const [env, isPlain] of PLAIN) {
  test(`C24: with ${JSON.stringify(env)} questions are ${isPlain ? "plain lines" : "drawn"}`, () => {
    expect(asksPlainly(env)).toBe(isPlain);
  });
}
