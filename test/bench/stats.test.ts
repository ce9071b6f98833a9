import { describe, expect, test } from "bun:test";
import { markdownTable, median, percentile, ratio, show } from "./stats.ts";

test.each([
  [[3, 1, 2], 2],
  [[4, 1, 2, 3], 2.5],
  [[7], 7],
] as const)("the median of %p is %d", (samples, expected) => {
  expect(median(samples)).toBe(expected);
});

test("of no samples there is no median and no percentile", () => {
  expect(median([])).toBeNaN();
  expect(percentile([], 0.5)).toBeNaN();
});

test("percentiles are samples that were seen", () => {
  const samples = Array.from({ length: 100 }, (_, index) => 100 - index);
  expect([0, 0.5, 0.99, 1].map((share) => percentile(samples, share))).toEqual([1, 50, 99, 100]);
});

describe("show", () => {
  test.each([
    [12.345, "ms", "12.3 ms"],
    [0.1234, "ms", "0.12 ms"],
    [1234.5, "ms", "1.23 s"],
    [9876.5, "per s", "9877/s"],
    [69.94, "MB", "69.9 MB"],
    [Number.NaN, "MB", "–"],
    [undefined, "ms", "–"],
  ] as const)("%p %s is %s", (value, unit, expected) => {
    expect(show(value, unit)).toBe(expected);
  });
});

test.each([
  [10, 1000, "0.01×"],
  [5000, 33, "152×"],
  [undefined, 1, "–"],
  [1, 0, "–"],
  [Number.NaN, 2, "–"],
] as const)("the ratio of %p to %p is %s", (orch, other, expected) => {
  expect(ratio(orch, other)).toBe(expected);
});

test("a table is markdown", () => {
  expect(markdownTable(["a", "b"], [["1", "2"]])).toBe("| a | b |\n| --- | --- |\n| 1 | 2 |");
});
