// What orch prints is what was recorded beside Prefect's output; every difference has its reason.
import { describe, expect, test } from "bun:test";
import { COMMANDS } from "./commands.ts";
import { words } from "./mask.ts";
import { orch } from "./programs.ts";
import { type Recorded, rendered, unexplained } from "./report.ts";
import { runAll } from "./run.ts";

const recorded = (await Bun.file("test/side-by-side/recorded.json").json()) as Recorded[];

test("at least 60 commands were recorded with both programs, and every difference has a reason", () => {
  expect(recorded.map(({ args }) => args)).toEqual(COMMANDS.map(({ args }) => [...args]));
  expect(recorded.length).toBeGreaterThanOrEqual(60);
  expect(unexplained(recorded)).toEqual([]);
});

test("the file for people is what was recorded", async () => {
  expect(await Bun.file("test/side-by-side/commands.md").text()).toBe(rendered(recorded));
});

describe("orch prints what was recorded", async () => {
  const now = await runAll(orch);
  for (const [index, { args, orch: before }] of recorded.entries()) {
    test(`${index + 1}. ${args.join(" ")}`, () => {
      const { code, output } = now[index] ?? { code: -1, output: "" };
      expect([code, words(output)]).toEqual([before.code, words(before.output)]);
    });
  }
});
