import { expect, test } from "bun:test";
import { withProgress } from "#cli/terminal/progress.ts";
import { manualClock } from "../../clock.ts";

function setup() {
  const clock = manualClock();
  const shown: string[] = [];
  const io = { progress: (line: string) => shown.push(line) };
  /** Says `line` after so many milliseconds. */
  const work = (steps: [after: number, line: string][]) =>
    withProgress(io, clock, async (show) => {
      for (const [after, line] of steps) {
        clock.advance(after / 1000);
        show(() => line);
      }
      return "done";
    });
  return { clock, shown, io, work };
}

test("work that is done in a moment shows nothing", async () => {
  const { shown, work } = setup();
  const steps: [number, string][] = [
    [0, "a"],
    [299, "b"],
  ];
  expect(await work(steps)).toBe("done");
  expect(shown).toEqual([]);
});

test("long work is shown now and then, and its line goes at the end", async () => {
  const { shown, work } = setup();
  await work([
    [300, "a"],
    [50, "too soon"],
    [50, "b"],
    [100, "c"],
  ]);
  expect(shown).toEqual(["a", "b", "c", ""]);
});

test("the line goes when the work fails, and nothing is made of lines that are not shown", async () => {
  const { clock, shown, io } = setup();
  const failing = withProgress(io, clock, async (show) => {
    show(() => {
      throw new Error("made too early");
    });
    clock.advance(1);
    show(() => "far");
    throw new Error("disk full");
  });
  await expect(failing).rejects.toThrow("disk full");
  expect(shown).toEqual(["far", ""]);
});
