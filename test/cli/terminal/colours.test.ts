// Who gets colours.
import { expect, test } from "bun:test";
import { resolve } from "node:path";
import { wantsColours } from "#cli/terminal/colours.ts";

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

test("C24: the colours of consola are around the text and change nothing of it", () => {
  const program = `
    const { COLOURS } = await import(${JSON.stringify(resolve("src/cli/terminal/colours.ts"))});
    console.log(JSON.stringify(Object.values(COLOURS).map((paint) => paint("x"))));`;
  const env = { ...process.env, FORCE_COLOR: "1" };
  const { stdout } = Bun.spawnSync([process.execPath, "-e", program], { env });
  const codes = [32, 31, 33, 36].map((code) => `\x1b[${code}mx\x1b[39m`);
  // No bright ones: white and grey vanish on the background of some schemes.
  expect(JSON.parse(stdout.toString())).toEqual([...codes, "\x1b[2mx\x1b[22m"]);
});
