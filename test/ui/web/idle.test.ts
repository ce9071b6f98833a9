// What an idle page does: rows of runs that have gone on for long are seldom drawn again.
import { describe, expect, test } from "bun:test";
import type { Request } from "playwright-core";
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

type Dated = typeof globalThis & { behindMs?: number };

/** In the page: the server's clock is the page's own, or so far behind it as the test says. */
function dateAnswers(): void {
  const get = Headers.prototype.get;
  Headers.prototype.get = function (name) {
    if (name !== "date") return get.call(this, name);
    const { behindMs } = globalThis as Dated; // the page's own world
    return behindMs === undefined ? null : new Date(Date.now() - behindMs).toUTCString();
  };
}

/** Where the range of runs begins that a request asks for. */
function beginOf(request: Request): string | undefined {
  return request.postDataJSON()?.flow_runs?.expected_start_time?.after_;
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
        const read: unknown = await answer.json().catch(() => undefined); // the page no longer waits for it
        if (read === undefined) return route.abort();
        const { rows, ...rest } = read as { rows: { name: string }[] | null };
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
      await page.addInitScript(dateAnswers);
      await open("/flow-runs?tag=finance");
      const ranges: string[] = [];
      page.on("request", (request) => {
        const begin = beginOf(request);
        if (begin !== undefined) ranges.push(begin);
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

  test(
    "goes on to the next minute after an answer has set its clock back",
    async () => {
      const { world } = shared;
      const { page, open, faults, close } = await world.openPage();
      await page.clock.install();
      await page.addInitScript(dateAnswers);
      await open("/flow-runs");
      await page.getByRole("row", { name: /done-run/ }).waitFor();
      await page.evaluate((ms) => {
        (globalThis as Dated).behindMs = ms;
      }, 30_000);
      const failed = page.getByLabel("Runs by state").getByRole("link", { name: /Failed/ });
      const asked = page.waitForRequest(/flow_runs\/page$/);
      await failed.click();
      const begin = beginOf(await asked) ?? "none";
      await page.getByRole("row", { name: /done-run/ }).waitFor({ state: "detached" });
      const next = page.waitForRequest((request) => (beginOf(request) ?? begin) > begin);
      // When the first ends for the page's timers, half of it is left by the server's clock.
      for (const _ of "two") await page.clock.runFor(60_000);
      expect(beginOf(await next)).toMatch(/:00\.000Z$/);
      expect(faults()).toEqual([]);
      await close();
    },
    LIMIT,
  );
});
