// What users see of an error: their own lines, none of ours.
import { expect, test } from "bun:test";
import { join } from "node:path";
import { describeError } from "#engine/stack.ts";
import { flow, task } from "#sdk/index.ts";
import { here } from "./here.ts";

test("a stack through flow and task shows the user's lines only", async () => {
  const { run, api } = here();
  const deep = task(async function deep() {
    await Promise.resolve();
    throw new Error("down here");
  });
  await run(
    flow(async function outer() {
      await deep();
    }),
  );
  const message = api.flowRuns[0]?.state?.message ?? "";
  expect(message).toMatch(/at (?:async )?deep \(.*stack\.test\.ts:\d+:\d+\)/);
  expect(message).not.toContain("/src/");
});

test("paths below the run's private copy are relative to it", () => {
  const error = new Error("x");
  error.stack = "Error: x\n    at f (/tmp/copy/flows/a.ts:1:2)\n    at g (/home/u/lib.ts:3:4)\n    at native";
  expect(describeError(error, "/tmp/copy")).toBe("Error: x\n    at f (flows/a.ts:1:2)\n    at g (/home/u/lib.ts:3:4)");
});

test("errors inside errors are shown", () => {
  const bare = (message: string) => Object.assign(new Error(message), { stack: "" });
  const both = Object.assign(new AggregateError([bare("a"), bare("b")], "two"), { stack: "" });
  expect(describeError(both)).toBe("AggregateError: two\nCaused by: Error: a\nCaused by: Error: b");
});

const FRAMES: [frame: string, users: boolean][] = [
  ["at f (/home/u/flow.ts:5:9)", true],
  ["at async f (/home/u/flow.ts:5:9)", true],
  ["at /home/u/flow.ts:5:9", true],
  ["at async /home/u/flow.ts:5:9", true],
  ["at <anonymous> (/home/u/my flows (old)/flow.ts:5:9)", true],
  ["at f (C:\\Users\\u\\flow.ts:5:9)", true],
  ["at f (file:///home/u/flow.ts:5:9)", true],
  ["at a (/$bunfs/root/orch:1:2)", false],
  ["at a (B:/~BUN/root/orch.exe:1:2)", false],
  ["at <anonymous> (src/engine/task-run.ts:170:57)", false],
  [`at run (${join(import.meta.dir, "../../src/engine/flow-run.ts")}:1:2)`, false],
  ["at processTicksAndRejections (native:7:39)", false],
  ["at node:internal/timers:5:9", false],
  ["at <anonymous>", false],
];
for (const [frame, users] of FRAMES) {
  test(`${frame} is ${users ? "the user's" : "not the user's"}`, () => {
    const error = Object.assign(new Error("x"), { stack: `Error: x\n    ${frame}` });
    expect(describeError(error)).toBe(users ? `Error: x\n    ${frame}` : "Error: x");
  });
}
