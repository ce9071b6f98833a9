// Options of tasks: what is refused when the task is defined, and how delays of retries are worked out.
import { expect, test } from "bun:test";
import type { TaskOptions } from "#domain/definitions.ts";
import { exponentialBackoff, task } from "#sdk/index.ts";

const work = async () => 1;

const REFUSED: [what: string, options: TaskOptions, sentence: string][] = [
  ["51 delays", { retryDelaySeconds: Array(51).fill(1) }, "Task 'work' has 51 retry delays, and may have 50."],
  ["a function of 51 delays", { retryDelaySeconds: () => Array(51).fill(1) }, "Task 'work' has 51 retry delays"],
  [
    "a jitter below 0",
    { retryJitterFactor: -0.1 },
    "'retryJitterFactor' of task 'work' has to be 0 or more, and is -0.1.",
  ],
  ["a jitter that is no number", { retryJitterFactor: Number.NaN }, "and is NaN."],
  [
    "a cache of results that are not kept",
    { cacheKeyFn: () => "k", persistResult: false },
    "Task 'work' has a 'cacheKeyFn', so its result has to be kept: leave out 'persistResult'.",
  ],
];
for (const [what, options, sentence] of REFUSED) {
  test(`a task with ${what} cannot be defined`, () => {
    expect(() => task(work, { name: "work", ...options })).toThrow(sentence);
    expect(() => task(work, { name: "work" }).withOptions(options)).toThrow(sentence);
  });
}

test("fifty delays are fine", () => {
  expect(task(work, { retryDelaySeconds: Array(50).fill(1) }).options.retryDelaySeconds).toHaveLength(50);
});

const DELAYS: [retries: number, factor: number, delays: number[]][] = [
  [0, 10, []],
  [1, 10, [10]],
  [4, 0.5, [0.5, 1, 2, 4]],
];
for (const [retries, factor, delays] of DELAYS) {
  test(`exponentialBackoff(${factor}) of ${retries} retries is ${delays}`, () => {
    expect(task(work, { retries, retryDelaySeconds: exponentialBackoff(factor) }).options.retryDelaySeconds).toEqual(
      delays,
    );
  });
}

test("exponentialBackoff never gives more delays than are allowed", () => {
  expect(exponentialBackoff(1)(100)).toHaveLength(50);
});

test("withOptions works delays out again", () => {
  const first = task(work, { retries: 1, retryDelaySeconds: exponentialBackoff(1) });
  expect(first.withOptions({ retries: 3 }).options.retryDelaySeconds).toEqual([1, 2, 4]);
});
