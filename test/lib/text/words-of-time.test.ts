// Moments and durations in words.
import { expect, test } from "bun:test";
import { durationText } from "#lib/text/words-of-time.ts";

const durations: [seconds: number, text: string][] = [
  [0, "0 s"],
  [0.0004, "0 s"],
  [0.003, "3 ms"],
  [0.9994, "999 ms"],
  [0.9996, "1 s"],
  [1.24, "1.2 s"],
  [14.84, "14.8 s"],
  [59.94, "59.9 s"],
  [59.96, "1 min"],
  [250, "4 min 10 s"],
  [3_599.7, "1 h"],
  [3_660, "1 h 1 min"],
  [7_200, "2 h"],
  [190_800, "2 d 5 h"],
  [864_000, "10 d"],
];
for (const [seconds, text] of durations) {
  test(`${seconds} seconds are ${text}`, () => expect(durationText(seconds)).toBe(text));
}
