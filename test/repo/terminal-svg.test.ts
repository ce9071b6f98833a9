// The picture of a terminal that README.md shows.
import { expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { drawTerminal } from "./terminal-svg.ts";

test("words stand in their columns, in the colours that they had", () => {
  const svg = drawTerminal("\x1b[1;32mfine\x1b[0m   a <b>\n\x1b[36m│\x1b[39m x", 20);
  const texts = [...svg.matchAll(/<text x="([\d.]+)" y="([\d.]+)" textLength="([\d.]+)"(.*?)>(.*)<\/text>/g)];
  expect(texts.map(([, x, y, length, look, text]) => [x, y, length, look, text])).toEqual([
    ["16.0", "28.75", "33.6", ' class="green bold"', "fine"],
    ["74.8", "28.75", "42.0", "", "a &lt;b&gt;"],
    ["16.0", "45.75", "8.4", ' class="cyan"', "│"],
    ["32.8", "45.75", "8.4", "", "x"],
  ]);
  expect(svg).toContain("@media (prefers-color-scheme: dark)");
});

test("codes that move the cursor are refused", () => {
  expect(() => drawTerminal("a\x1b[2Kb", 20)).toThrow("no colours");
});

test("docs/terminal.svg is small, and names no folder of a machine", () => {
  expect(existsSync("docs/terminal.svg")).toBe(true);
  const svg = readFileSync("docs/terminal.svg", "utf8");
  expect(svg.length).toBeLessThan(20_000);
  expect(svg).not.toMatch(/\/tmp\/|\/root\/|orch-sandbox/);
});
