// Work that waits for its turn.
import { expect, test } from "bun:test";
import { gate } from "#lib/gate.ts";

test("a few at a time, in the order they came, also after one that failed", async () => {
  const through = gate(2);
  const begun: number[] = [];
  const ends = Array.from({ length: 5 }, () => Promise.withResolvers<number>());
  const works = ends.map(({ promise }, index) =>
    through(() => {
      begun.push(index);
      return promise;
    }).catch((error) => `${error}`),
  );
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  await turn();
  expect(begun).toEqual([0, 1]);
  ends[1]?.reject("failed");
  await turn();
  expect(begun).toEqual([0, 1, 2]);
  for (const [index, { resolve }] of ends.entries()) resolve(index);
  expect(await Promise.all(works)).toEqual([0, "failed", 2, 3, 4]);
  expect(begun).toEqual([0, 1, 2, 3, 4]);
  expect(await through(async () => "again")).toBe("again");
});
