import { expect, test } from "bun:test";
import { CASES, type Figure } from "./cases.ts";
import { cellsOf, rowsOf } from "./run.ts";

const figure = (what: string, value: number, cpu?: number): Figure => ({
  what,
  unit: "ms",
  value,
  ...(cpu === undefined ? {} : { cpu }),
});

test("figures of the same name share a row, others have one of their own", () => {
  const rows = rowsOf([figure("start", 50, 20), figure("packed", 40)], [figure("start", 5000, 4000)]);
  expect(rows.map(cellsOf)).toEqual([
    ["start", "50 ms", "20 ms", "5 s", "4 s", "0.01×", "0.005×", ""],
    ["packed", "40 ms", "–", "–", "–", "–", "–", ""],
  ]);
});

test("every case has a name of its own", () => {
  expect(new Set(CASES.map(({ name }) => name)).size).toBe(CASES.length);
});
