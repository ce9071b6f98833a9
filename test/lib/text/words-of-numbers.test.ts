// Whole numbers in groups of three.
import { expect, test } from "bun:test";
import { numberText } from "#lib/text/words-of-numbers.ts";

const cases: [value: number, text: string][] = [
  [0, "0"],
  [999, "999"],
  [1000, "1,000"],
  [-1000, "-1,000"],
  [-100, "-100"],
  [1_234_567, "1,234,567"],
];
test.each(cases)("%d is %s", (value, text) => expect(numberText(value)).toBe(text));
