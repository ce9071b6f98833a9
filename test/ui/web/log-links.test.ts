// A line of a log: its time gives a link to it, and leads from the lines that were searched for to those around it.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Page } from "playwright-core";
import { box, sees, toPage } from "./run-page.ts";
import { createWebWorld, possible, type WatchedPage, type WebWorld } from "./world.ts";

let world: WebWorld;
let watched: WatchedPage;
beforeAll(async () => {
  if (!possible) return;
  world = await createWebWorld();
  watched = await world.openPage();
  const lines = Array.from({ length: 400 }, (_, number) => ({
    ...{ name: "prefect.flow_runs", level: 20, flow_run_id: world.data.runs.failed },
    message: number % 150 === 100 ? `needle ${number}` : `straw ${number}`,
    timestamp: new Date(Date.UTC(2026, 0, 1, 0, 0, number)).toISOString(),
  }));
  await world.send("POST", "/logs/", lines);
});
afterAll(() => world?.close());

const LIMIT = 60_000;

const marked = (page: Page, position: number) =>
  page.locator(`.log-row.is-marked[data-position="${position}"]`).waitFor();

describe.skipIf(!possible)("a line of a log", () => {
  test(
    "ui 17: of the lines that were found, one is shown among its neighbours",
    async () => {
      const { page, open, faults } = watched;
      await open(toPage(world.data.runs.failed, "?find=needle&only=yes"));
      await box(page).getByText("needle 250").waitFor();
      expect(await box(page).getByText("straw").count()).toBe(0);
      await page.locator('.log-row[data-position="1"] time').click();
      await box(page).getByText("straw 249", { exact: true }).waitFor();
      await marked(page, 250);
      await sees(page, 252);
      expect(new URL(page.url()).searchParams.get("only")).toBeNull();
      await page.goBack();
      await box(page).getByText("straw 249", { exact: true }).waitFor({ state: "detached" });
      expect(faults()).toEqual([]);
    },
    LIMIT,
  );

  test(
    "ui 9: the address leads to a line, also in a second tab",
    async () => {
      const { page, open, faults } = watched;
      await open(toPage(world.data.runs.failed));
      await page.locator('.log-row[data-position="3"] time').click();
      await page.waitForURL(/line=3/);
      await marked(page, 3);
      await open(toPage(world.data.runs.failed, "?line=320"));
      await marked(page, 320);
      await sees(page, 320);
      expect(faults()).toEqual([]);
    },
    LIMIT,
  );
});
