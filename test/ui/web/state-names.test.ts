// Names of states in lists: long ones are read whole, on wide and narrow screens, in usual and compact rows.
import { describe, expect, test } from "bun:test";
import { LIMIT, shareWorld } from "./shared.ts";
import { possible } from "./world.ts";

const STATES = [
  ["AwaitingRetry", "SCHEDULED"],
  ["Retrying", "RUNNING"],
  ["TimedOut", "FAILED"],
  ["RolledBack", "COMPLETED"],
  ["NotReady", "PENDING"],
  ["Cancelling", "CANCELLING"],
  ["AwaitingApproval", "SCHEDULED"],
] as const;

describe.skipIf(!possible)("the name of a state", () => {
  const shared = shareWorld();
  for (const width of [1440, 1000, 400])
    test(
      `is read whole at ${width} pixels`,
      async () => {
        const { world } = shared;
        const tag = `wide-${width}`;
        for (const [name, type] of STATES) {
          const body = { flow_id: world.data.flow, name: `in-${name}`, tags: [tag], state: { name, type } };
          await world.send("POST", "/flow_runs/", body);
        }
        const { page, open, barriers, close } = await world.openPage({ width });
        await open(`/flow-runs?range=all&tag=${tag}`);
        const cut = () =>
          page.locator("tbody tr.row .state > :last-child").evaluateAll((words) =>
            words
              .filter((word) => {
                const [own, row] = [word, word.closest("tr") as Element].map((one) => one.getBoundingClientRect());
                const isCut = word.scrollWidth > word.clientWidth || word.scrollHeight > word.clientHeight + 1;
                return isCut || (own && row && (own.top < row.top - 1 || own.bottom > row.bottom + 1));
              })
              .map((word) => word.textContent),
          );
        expect(await page.locator("tbody tr.row .state").count()).toBe(STATES.length);
        expect(await cut()).toEqual([]);
        if (width === 1440) {
          const word = page.locator("tbody tr.row .state > :last-child", { hasText: "AwaitingRetry" });
          expect((await word.boundingBox())?.height).toBeLessThan(20); // in one line
        }
        await page.evaluate(() => localStorage.setItem("orch.rows", "compact"));
        await open(`/flow-runs?range=all&tag=${tag}`);
        expect(await cut()).toEqual([]);
        expect(await barriers()).toEqual([]);
        await close();
      },
      LIMIT,
    );
});
