import { expect, test } from "bun:test";
import { pick, systemRandom } from "#lib/random.ts";

const LETTERS = ["a", "b", "c", "d"] as const;

for (const [chance, expected] of [
  [0, "a"],
  [0.249, "a"],
  [0.25, "b"],
  [0.5, "c"],
  [0.999_999, "d"],
] as const) {
  test(`a chance of ${chance} picks ${expected}`, () => {
    expect(pick(LETTERS, () => chance)).toBe(expected);
  });
}

test("the system's chance lies between 0 and 1, and is not always the same", () => {
  const drawn = Array.from({ length: 100 }, systemRandom);
  expect(drawn.every((value) => value >= 0 && value < 1)).toBe(true);
  expect(new Set(drawn).size).toBeGreaterThan(90);
});
