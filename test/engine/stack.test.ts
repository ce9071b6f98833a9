// What users see of an error: their own lines, none of ours.
import { expect, test } from "bun:test";
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

test("frames inside the executable are ours", () => {
  const error = new Error("x");
  error.stack = "Error: x\n    at a (/$bunfs/root/orch:1:2)\n    at b (/u/f.ts:1:2)\n    at processTicks (native:7:39)";
  expect(describeError(error)).toBe("Error: x\n    at b (/u/f.ts:1:2)");
});
