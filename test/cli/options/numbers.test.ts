import { expect, test } from "bun:test";
import { MOST_PORT, wholeNumber } from "#cli/options/numbers.ts";

const TAKEN: [text: string | undefined, value: number | undefined][] = [
  [undefined, undefined],
  ["0", 0],
  ["65535", 65_535],
];
for (const [text, value] of TAKEN) {
  test(`${text} is ${value}`, () => expect(wholeNumber("--port", text, 0, MOST_PORT)).toBe(value as number));
}

for (const text of ["", " ", "abc", "1.5", "-1", "1e3", "0x10", "65536", "NaN"]) {
  test(`'${text}' is refused with the option's name`, () => {
    const sentence = `--port must be a whole number from 0 to 65535, not '${text}'.`;
    expect(() => wholeNumber("--port", text, 0, MOST_PORT)).toThrow(sentence);
  });
}

test("without a largest the sentence names the least", () => {
  expect(() => wholeNumber("--limit", "0", 1)).toThrow("--limit must be a whole number of at least 1, not '0'.");
});
