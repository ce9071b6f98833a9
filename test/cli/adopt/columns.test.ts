// Values of a Prefect database, read as orch keeps them.
import { expect, test } from "bun:test";
import { seconds } from "#cli/adopt/columns.ts";

test("a span of time has the digits that were written", () => {
  expect(seconds("1970-01-01 00:00:01.639673")).toBe(1.639673);
  expect(seconds("1970-01-01 00:00:00.000001")).toBe(0.000001);
  expect(seconds("1970-01-02 01:00:00.250000")).toBe(90_000.25);
  expect(seconds("1970-01-01 00:00:00.000000")).toBe(0);
  expect(seconds(1.5)).toBe(1.5);
  expect(seconds(null)).toBe(0);
});
