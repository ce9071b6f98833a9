import { expect, test } from "bun:test";
import { mostProcesses, openDescriptors } from "#infrastructure/descriptors.ts";

test("R13: as many processes at a time as there are files for, and one at least", () => {
  expect(mostProcesses({ limit: 1024, open: 24 })).toBe(330);
  expect(mostProcesses({ limit: 40, open: 21 })).toBe(3);
  expect(mostProcesses({ limit: 20, open: 21 })).toBe(1);
});

test("the system says how many files are open, and may be", () => {
  const found = openDescriptors();
  if (process.platform === "linux") expect(found?.open).toBeWithin(3, found?.limit ?? 0);
});
