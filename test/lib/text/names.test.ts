import { expect, test } from "bun:test";
import type { Random } from "#lib/random.ts";
import { runName } from "#lib/text/names.ts";

const steps = (...values: number[]): Random => {
  let at = 0;
  return () => values[at++ % values.length] ?? 0;
};

test("a name is two words that need no quoting anywhere", () => {
  for (let n = 0; n < 500; n += 1) expect(runName()).toMatch(/^[a-z]+-[a-z]+$/);
});

test("chance decides, and the same chance gives the same name", () => {
  expect(runName(steps(0, 0))).toBe("able-alpaca");
  expect(runName(steps(0.999_999, 0.999_999))).toBe("witty-zebra");
  expect(runName(steps(0.5, 0.25))).toBe(runName(steps(0.5, 0.25)));
});

test("more than ten thousand names, each word once", () => {
  const names = new Set<string>();
  const [qualities, animals] = [new Set<string>(), new Set<string>()];
  for (let quality = 0; quality < 1; quality += 1 / 2048) {
    const [word = "", animal = ""] = runName(steps(quality, quality)).split("-");
    qualities.add(word);
    animals.add(animal);
  }
  for (const quality of qualities) for (const animal of animals) names.add(`${quality}-${animal}`);
  expect(qualities.size).toBeGreaterThanOrEqual(100);
  expect(animals.size).toBeGreaterThanOrEqual(100);
  expect(names.size).toBeGreaterThan(10_000);
});
