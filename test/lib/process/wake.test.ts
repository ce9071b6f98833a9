// A process that did not run for a while notices it, whichever of its clocks went on.
import { describe, expect, test } from "bun:test";
import { createSleepDetector, hasOverslept } from "#lib/process/wake.ts";

/** Two clocks that are moved by hand. */
function clocks() {
  const times = { wall: 1_000_000, elapsed: 0 };
  return {
    now: () => times.wall,
    elapsed: () => times.elapsed,
    move(wall: number, elapsed: number) {
      times.wall += wall;
      times.elapsed += elapsed;
    },
  };
}

describe("R1: since the look before", () => {
  const cases: [what: string, wall: number, elapsed: number, slept: boolean][] = [
    ["half a second has passed, as planned", 500, 500, false],
    ["somewhat more, on a busy machine", 900, 900, false],
    ["the process was stopped", 60_000, 60_000, true],
    ["the machine was suspended: only its clock went on", 60_000, 500, true],
    ["the machine's clock was set back while the process was stopped", -3_600_000, 60_000, true],
    ["the machine's clock was set back", -3_600_000, 500, false],
  ];
  for (const [what, wall, elapsed, slept] of cases) {
    test(what, () => {
      const clock = clocks();
      const hasSlept = createSleepDetector(clock);
      clock.move(wall, elapsed);
      expect(hasSlept()).toBe(slept);
      clock.move(500, 500);
      expect(hasSlept()).toBe(false);
    });
  }
});

test("R1: a sleep that has taken much longer than it should", () => {
  const clock = clocks();
  const began = clock.now();
  clock.move(1_200, 0);
  expect([hasOverslept(clock, began, 1_000), hasOverslept(clock, began, 500)]).toEqual([false, true]);
});
