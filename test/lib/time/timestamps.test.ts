import { describe, expect, test } from "bun:test";
import { parseTimestamp, printTimestamp, toMillis, toTimestamp } from "#lib/time/timestamps.ts";

describe("parseTimestamp() reads ISO-8601 as the old server did", () => {
  const CASES: [text: string, expected: string | null][] = [
    ["2026-11-23T06:34:15.396005+00:00", "2026-11-23T06:34:15.396005+00:00"],
    ["2026-11-23T06:34:15Z", "2026-11-23T06:34:15.000000+00:00"],
    ["2026-11-23T06:34:15", "2026-11-23T06:34:15.000000+00:00"],
    ["2026-11-23 06:34", "2026-11-23T06:34:00.000000+00:00"],
    ["2026-11-23", "2026-11-23T00:00:00.000000+00:00"],
    ["2026-11-23T06:34:15.5-05:00", "2026-11-23T11:34:15.500000+00:00"],
    ["2026-11-23T06:34:15+0530", "2026-11-23T01:04:15.000000+00:00"],
    ["2026-11-23T06:34:15.1234567Z", "2026-11-23T06:34:15.123456+00:00"],
    ["2024-02-29", "2024-02-29T00:00:00.000000+00:00"],
    ["2023-02-29", null],
    ["2026-13-01", null],
    ["2026-11-23T25:00:00", null],
    ["tomorrow", null],
    ["1700000000", null],
    ["", null],
  ];
  for (const [text, expected] of CASES) {
    test(`${JSON.stringify(text)} gives ${expected}`, () => expect(parseTimestamp(text)).toBe(expected));
  }
});

test("a timestamp survives the way to milliseconds and back, to the microsecond", () => {
  for (const timestamp of ["2026-11-23T06:34:15.396005+00:00", "1999-12-31T23:59:59.999999+00:00"]) {
    expect(toTimestamp(toMillis(timestamp))).toBe(timestamp);
  }
});

test("timestamps sort as text in the order of time", () => {
  const instants = [0, 1.001, 1.002, 999.999, 1_000, 1_700_000_000_000];
  const texts = instants.map(toTimestamp);
  expect(texts.toSorted()).toEqual(texts);
  expect(new Set(texts.map((text) => text.length))).toEqual(new Set([32]));
});

test("printTimestamp() leaves out a fraction of zero, as the old server does", () => {
  expect(printTimestamp("2026-11-23T06:34:15.000000+00:00")).toBe("2026-11-23T06:34:15+00:00");
  expect(printTimestamp("2026-11-23T06:34:15.000001+00:00")).toBe("2026-11-23T06:34:15.000001+00:00");
});
