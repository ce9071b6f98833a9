import { expect, test } from "bun:test";
import { fittedProgress, withProgress } from "#cli/terminal/progress.ts";
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

const UPLOAD = "Uploading: 3 of 10 files, 1.0 MB of 20.0 MB, 2.0 MB/s, 10 s left";
const FITTED: [width: number, line: string, shown: string][] = [
  [80, UPLOAD, UPLOAD],
  [59, UPLOAD, "Uploading: 3 of 10 files, 1.0 MB of 20.0 MB, 2.0 MB/s"],
  [30, UPLOAD, "Uploading: 3 of 10 files"],
  [12, UPLOAD, "Uploading:…"],
  [8, "日本語日本語", "日本語…"],
];
for (const [width, line, shown] of FITTED) {
  test(`${width} columns: a line is never broken, so that it can be rewritten`, () => {
    expect(fittedProgress(line, width)).toBe(shown);
    expect(Bun.stringWidth(shown)).toBeLessThanOrEqual(width);
  });
}
