import { expect, test } from "bun:test";
import { parseDuration } from "#lib/text/duration.ts";

const CASES: [text: string, seconds: number | null][] = [
  ["3600", 3600],
  ["0.5", 0.5],
  ["-5", -5],
  ["1:00:00", 3600],
  ["00:00:30", 30],
  ["0:01:30.5", 90.5],
  ["1 00:00:00", 86_400],
  ["100 days, 0:00:00", 8_640_000],
  ["-1:00:00", -3600],
  ["PT1H", 3600],
  ["P1DT12H", 129_600],
  ["P1W", 604_800],
  ["PT0.25S", 0.25],
  ["-PT1M", -60],
  ["P", null],
  ["PT", null],
  ["soon", null],
  ["", null],
  ["1:2", null],
];

for (const [text, seconds] of CASES) {
  test(`parseDuration(${JSON.stringify(text)}) is ${seconds}`, () => expect(parseDuration(text)).toBe(seconds));
}
