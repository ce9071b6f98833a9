import { describe, expect, test } from "bun:test";
import { eachOf } from "#lib/parallel.ts";

/** Work that ends when told to. */
function held() {
  const ends: (() => void)[] = [];
  const began: string[] = [];
  const work = (item: string) => {
    began.push(item);
    return new Promise<void>((resolve) => ends.push(resolve));
  };
  return { ends, began, work };
}
const turns = () => new Promise((resolve) => setImmediate(resolve));

describe("eachOf()", () => {
  test("does all, with their places", async () => {
    const seen: [string, number][] = [];
    await eachOf(new Set(["a", "b", "c"]), 2, async (item, index) => {
      seen.push([item, index]);
    });
    expect(seen).toEqual([
      ["a", 0],
      ["b", 1],
      ["c", 2],
    ]);
  });

  test("does no more at once than it was told", async () => {
    const { began, ends, work } = held();
    const all = eachOf(["a", "b", "c"], 2, work);
    expect(began).toEqual(["a", "b"]);
    ends[0]?.();
    await turns();
    expect(began).toEqual(["a", "b", "c"]);
    for (const end of ends) end();
    await all;
  });

  test("throws the failure after what is under way has ended, and begins nothing more", async () => {
    const { began, ends, work } = held();
    let over = false;
    const all = eachOf(["bad", "slow", "never"], 2, (item) =>
      item === "bad" ? Promise.reject(new Error("no")) : work(item),
    ).finally(() => {
      over = true;
    });
    all.catch(() => {});
    await turns();
    expect([began, over]).toEqual([["slow"], false]);
    ends[0]?.();
    await expect(all).rejects.toThrow("no");
    expect(began).toEqual(["slow"]);
  });

  test("of nothing is done at once", async () => {
    await eachOf([], 3, () => Promise.reject(new Error("not called")));
  });
});
