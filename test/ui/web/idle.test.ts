// What an idle page does: rows of runs that have gone on for long are seldom drawn again.
import { describe, expect, test } from "bun:test";
import { toTimestamp } from "#lib/time/timestamps.ts";
import { LIMIT, shareWorld } from "./shared.ts";
import { possible } from "./world.ts";

type Counting = typeof globalThis & { changes?: Record<string, number> };

/** In the page: counts the changes of each row by the name of its run. */
function countChanges(): void {
  const here = globalThis as Counting; // the page's own world
  here.changes = {};
  const watcher = new MutationObserver((records) => {
    for (const { target } of records) {
      const row = (target.nodeType === Node.TEXT_NODE ? target.parentElement : (target as Element))?.closest("tr.row");
      const name = row?.querySelector(".main-link")?.textContent ?? "elsewhere";
      here.changes = { ...here.changes, [name]: (here.changes?.[name] ?? 0) + 1 };
    }
  });
  watcher.observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
}

describe.skipIf(!possible)("an idle page of runs", () => {
  const shared = shareWorld();

  test(
    "counts the seconds of a young run, and of an old one every ten",
    async () => {
      const { world } = shared;
      const ages: Record<string, number> = { "young-run": 5, "old-run": 205, "older-run": 200_000 };
      for (const name of Object.keys(ages)) {
        const body = { flow_id: world.data.flow, name, tags: ["paced"], state: { type: "RUNNING" } };
        await world.send("POST", "/flow_runs/", body);
      }
      const { page, open, faults, close } = await world.openPage();
      await page.clock.install();
      await page.route("**/flow_runs/page", async (route) => {
        const answer = await route.fetch();
        const { rows, ...rest } = (await answer.json()) as { rows: { name: string }[] | null };
        const startOf = (name: string) => toTimestamp(Date.now() - (ages[name] ?? 0) * 1000);
        const aged = rows?.map((row) => ({ ...row, start_time: startOf(row.name) })) ?? null;
        await route.fulfill({ response: answer, json: { ...rest, rows: aged } });
      });
      await open("/flow-runs?tag=paced&range=all");
      await page
        .getByRole("row", { name: /old-run/ })
        .getByText(/^3 min \d+ s$/)
        .waitFor();
      await page.evaluate(countChanges);
      await page.clock.runFor(8_000);
      const changes = (await page.evaluate(() => (globalThis as Counting).changes)) ?? {};
      expect(changes["young-run"]).toBeGreaterThanOrEqual(6);
      expect(changes["old-run"] ?? 0).toBeLessThanOrEqual(2);
      expect(changes["older-run"] ?? 0).toBe(0); // its text is the same
      expect(faults()).toEqual([]);
      await close();
    },
    LIMIT,
  );

  test(
    "asks for another range when a minute ends",
    async () => {
      const { world } = shared;
      const { page, open, faults, close } = await world.openPage();
      await page.clock.install();
      await open("/flow-runs?tag=finance");
      const ranges: string[] = [];
      page.on("request", (request) => {
        const { flow_runs: { expected_start_time = undefined } = {} } = request.postDataJSON() ?? {};
        if (expected_start_time) ranges.push(expected_start_time.after_);
      });
      const answered = page.waitForResponse(/flow_runs\/page$/);
      await page.clock.runFor(60_000);
      await answered;
      expect(new Set(ranges).size).toBe(1);
      expect(ranges[0]).toMatch(/:00\.000Z$/);
      expect(faults()).toEqual([]);
      await close();
    },
    LIMIT,
  );
});
