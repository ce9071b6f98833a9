// Who gets colours.
import { expect, test } from "bun:test";
import { COLOURS, PLAIN, wantsColours } from "#cli/colours.ts";

const CASES: [env: Record<string, string>, isTerminal: boolean, wanted: boolean][] = [
  [{}, true, true],
  [{}, false, false],
  [{ NO_COLOR: "1" }, true, false],
  [{ NO_COLOR: "anything" }, true, false],
  [{ NO_COLOR: "" }, true, true],
  [{ FORCE_COLOR: "1" }, false, true],
  [{ FORCE_COLOR: "" }, false, true],
  [{ FORCE_COLOR: "0" }, true, false],
  [{ FORCE_COLOR: "1", NO_COLOR: "1" }, true, false],
  [{ TERM: "dumb" }, true, false],
  [{ TERM: "dumb", FORCE_COLOR: "3" }, true, true],
];
for (const [env, isTerminal, wanted] of CASES) {
  test(`${JSON.stringify(env)} ${isTerminal ? "in a terminal" : "piped"}: ${wanted ? "colours" : "plain"}`, () => {
    expect(wantsColours(env, isTerminal)).toBe(wanted);
  });
}

test("colours are around the text and change nothing of it", () => {
  expect(COLOURS.good("fine")).toBe("\x1b[32mfine\x1b[39m");
  expect(Bun.stripANSI(COLOURS.bad("wrong"))).toBe(PLAIN.bad("wrong"));
});
