// Times in buckets: each bound holds all that took no longer.
import { expect, test } from "bun:test";
import { BOUNDS, histogram } from "#server/http/histogram.ts";

test("nothing counted is nothing in each bucket", () => {
  const times = histogram();
  expect(times.upTo()).toEqual(BOUNDS.map(() => 0));
  expect([times.count, times.sum]).toEqual([0, 0]);
});

test("a time is in its bucket and all above; a bound belongs to its own bucket", () => {
  const times = histogram();
  for (const seconds of [0, 0.001, 0.0011, 5, 60]) times.add(seconds);
  const upTo = Object.fromEntries(BOUNDS.map((bound, at) => [bound, times.upTo()[at]]));
  expect(upTo).toMatchObject({ 0.001: 2, 0.0025: 3, 2.5: 3, 10: 4, 60: 5 });
});

test("a time above all bounds is only in the count and the sum", () => {
  const times = histogram();
  times.add(61);
  expect(times.upTo().at(-1)).toBe(0);
  expect([times.count, times.sum]).toEqual([1, 61]);
});
