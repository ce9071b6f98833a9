// Lists: Space shows a row beside them, rows may be compact, and at 400 pixels a row has two lines. Panels can be resized.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Locator, Page } from "playwright-core";
import { PAGES } from "./pages.ts";
import { box, toPage } from "./run-page.ts";
import { expectSoon, LIMIT } from "./shared.ts";
import { createWebWorld, possible, type WatchedPage, type WebWorld } from "./world.ts";

let world: WebWorld;
let watched: WatchedPage;
beforeAll(async () => {
  if (!possible) return;
  world = await createWebWorld();
  watched = await world.openPage();
});
afterAll(() => world?.close());

const panel = (page: Page): Locator => page.getByRole("complementary", { name: /^The open row of/ });
const focusedRow = (page: Page) =>
  page.evaluate(() => (document.activeElement as HTMLElement | null)?.dataset["row"] ?? null);
const openRow = (page: Page) => new URL(page.url()).searchParams.get("row");
const heightOf = async (of: Locator) => Math.round((await of.boundingBox())?.height ?? 0);
const widthOf = async (of: Locator) => Math.round((await of.boundingBox())?.width ?? 0);

describe.skipIf(!possible)("29: a row beside its list", () => {
  const lists: [what: string, path: string, words: RegExp][] = [
    ["runs", "/flow-runs?search=broken", /Flow run encountered an exception/],
    ["deployments", "/deployments?search=hourly", /Every hour/],
    ["variables, which have no page", "/variables", /petrol/],
    ["settings of the server", "/settings?search=API_URL", /API_URL/],
  ];
  for (const [what, path, words] of lists) {
    test(
      `Space opens it, the address holds it, Escape closes it and gives the focus back: ${what}`,
      async () => {
        const { page, open, faults, barriers } = watched;
        await open(path);
        await page.locator("tr.row").first().waitFor();
        await page.keyboard.press("j");
        await page.keyboard.press("Space");
        await panel(page).getByText(words).first().waitFor();
        expect(openRow(page)).not.toBeNull();
        expect(await barriers()).toEqual([]);
        await page.reload();
        await panel(page).getByText(words).first().waitFor();
        await page.keyboard.press("Escape");
        await panel(page).waitFor({ state: "detached" });
        expect(openRow(page)).toBeNull();
        await expectSoon(() => focusedRow(page), "0");
        expect(faults()).toEqual([]);
      },
      LIMIT,
    );
  }

  test(
    "j goes on to the next row in it, the arrow goes into it, Escape from there comes back, and Back opens it again",
    async () => {
      const { page, open } = watched;
      await open("/flow-runs");
      await page.locator("tr.row").first().waitFor();
      await page.keyboard.press("j");
      await page.keyboard.press("Space");
      await panel(page).locator("h2").waitFor();
      const first = openRow(page);
      await page.keyboard.press("j");
      await page.waitForFunction((before) => new URL(location.href).searchParams.get("row") !== before, first);
      await expectSoon(() => focusedRow(page), "1");
      await page.keyboard.press("ArrowRight");
      await page.locator(".peek:focus").waitFor();
      await page.keyboard.press("Escape");
      await panel(page).waitFor({ state: "detached" });
      await expectSoon(() => focusedRow(page), "1");
      await page.goBack();
      await panel(page).locator("h2").waitFor();
      await page.getByRole("button", { name: "Close the panel" }).click();
      await panel(page).waitFor({ state: "detached" });
    },
    LIMIT,
  );

  test(
    "a press on the empty part of a row opens it too, and another tab of the page closes it",
    async () => {
      const { page, open, faults } = watched;
      await open(`/flows/flow/${world.data.flow}`);
      await page
        .locator("tr.row td:nth-child(3)")
        .first()
        .click({ position: { x: 100, y: 4 } });
      await panel(page).locator("h2").waitFor();
      await page.getByRole("tab", { name: "Deployments" }).click();
      await panel(page).waitFor({ state: "detached" });
      expect(openRow(page)).toBeNull();
      expect(faults()).toEqual([]);
    },
    LIMIT,
  );
});

describe.skipIf(!possible)("what a row says", () => {
  test(
    "flows: their deployments and last runs; a queue: what comes next, the soonest first; runs: their task runs",
    async () => {
      const { page, open, faults } = watched;
      await open("/flows");
      const flow = page.getByRole("row", { name: /nightly-report/ });
      await flow.getByText(/The last \d+ runs: 1 failed/).waitFor({ state: "attached" });
      await flow.getByRole("cell", { name: "2", exact: true }).waitFor();
      await open(`/work-queues/work-queue/${world.data.queue}`);
      await page.locator("tr.row").nth(2).waitFor();
      const times = await page
        .locator("tr.row time")
        .evaluateAll((all) => all.map((one) => one.getAttribute("datetime")));
      expect(times).toEqual(times.toSorted());
      await open("/flow-runs?search=done-run");
      await page
        .getByRole("row", { name: /done-run/ })
        .getByRole("cell", { name: "3", exact: true })
        .waitFor();
      expect(faults()).toEqual([]);
    },
    LIMIT,
  );
});

describe.skipIf(!possible)("28: what the reader set survives a reload", () => {
  test(
    "compact rows, by the palette and by the top bar's menu",
    async () => {
      const { page, open, close } = await world.openPage();
      await open("/flow-runs");
      const row = page.locator("tr.row").first();
      await expectSoon(() => heightOf(row), 36);
      await page.keyboard.press("Control+k");
      await page.getByRole("combobox").fill("compact");
      await page.getByRole("option", { name: /Compact rows/ }).waitFor();
      await page.keyboard.press("Enter");
      await page.waitForFunction(() => document.querySelector("tr.row")?.getBoundingClientRect().height === 28);
      for (const path of ["/deployments", "/variables", "/work-pools", "/blocks"]) {
        await open(path); // menus, switches and tags fit into such a row
        await expectSoon(async () => [path, await heightOf(page.locator("tr.row").first())], [path, 28]);
      }
      await page.getByRole("button", { name: "Colours, compact rows" }).click();
      await page.getByRole("menuitem", { name: "Compact rows" }).click();
      await page.waitForFunction(() => document.querySelector("tr.row")?.getBoundingClientRect().height === 36);
      await close();
    },
    LIMIT,
  );

  test(
    "the widths of the rail and of the open row, the heights of the log and of the timeline",
    async () => {
      const { page, open, close } = await world.openPage();
      await open("/flow-runs");
      await page.locator("tr.row").first().waitFor();
      await page.keyboard.press("j");
      await page.keyboard.press("Space");
      await panel(page).waitFor();
      const rail = page.getByRole("separator", { name: "Width of the rail" });
      await rail.focus();
      await page.keyboard.press("ArrowRight");
      await expectSoon(() => widthOf(page.getByRole("navigation", { name: "Places" })), 216);
      const edge = await page.getByRole("separator", { name: "Width of the panel" }).boundingBox();
      const before = await widthOf(panel(page));
      await page.mouse.move((edge?.x ?? 0) + 2, (edge?.y ?? 0) + 40);
      await page.mouse.down();
      await page.mouse.move((edge?.x ?? 0) - 58, (edge?.y ?? 0) + 40);
      await page.mouse.up();
      await expectSoon(() => widthOf(panel(page)), before + 60);
      await page.reload();
      await panel(page).waitFor();
      await expectSoon(() => widthOf(panel(page)), before + 60);
      await expectSoon(() => widthOf(page.getByRole("navigation", { name: "Places" })), 216);
      await rail.dblclick();
      await expectSoon(() => widthOf(page.getByRole("navigation", { name: "Places" })), 200);

      await world.send(
        "POST",
        "/logs/",
        Array.from({ length: 200 }, (_, number) => ({
          ...{ name: "prefect.flow_runs", level: 20, message: `line ${number}`, flow_run_id: world.data.runs.failed },
          timestamp: new Date().toISOString(),
        })),
      );
      await open(toPage(world.data.runs.failed));
      await box(page).waitFor();
      const height = await heightOf(box(page));
      await page.getByRole("separator", { name: "Height of the log" }).focus();
      await page.keyboard.press("ArrowUp");
      await expectSoon(() => heightOf(box(page)), height - 16);
      await page.reload();
      await box(page).waitFor();
      await expectSoon(() => heightOf(box(page)), height - 16);
      await close();
    },
    LIMIT,
  );
});

describe.skipIf(!possible)("30: at 400 pixels", () => {
  let narrow: WatchedPage;
  beforeAll(async () => {
    if (possible) narrow = await world.openPage({ width: 400, height: 800 });
  });

  test(
    "a run's row has its box, its time and its duration",
    async () => {
      const { page, open } = narrow;
      await open("/flow-runs?search=done-run");
      const row = page.getByRole("row", { name: /done-run/ });
      await row.getByRole("checkbox").waitFor();
      await row.getByText(/ago|now/).waitFor();
      await row.getByText(/ ms| s$/).waitFor();
      await row.getByRole("checkbox").check();
      await page.getByText("1 picked").waitFor();
      await open("/flow-runs?search=broken-run");
      const broken = page.getByRole("row", { name: /broken-run/ });
      expect(await widthOf(broken.getByText("Flow run encountered an exception."))).toBeGreaterThan(60);
    },
    LIMIT,
  );

  test(
    "the history says the message of a state and when it was",
    async () => {
      const { page, open } = narrow;
      await open(toPage(world.data.runs.failed, "?tab=history"));
      const row = page.getByRole("row", { name: /Failed/ });
      await row.getByText("Flow run encountered an exception.").waitFor();
      await row.getByText(/\d\d:\d\d:\d\d/).waitFor();
    },
    LIMIT,
  );

  const isWide = () => narrow.page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
  for (const { name, path } of PAGES) {
    test(
      `ui 30: the page ${name} is not wider than the screen`,
      async () => {
        await narrow.open(path(world.data));
        expect(await isWide()).toBe(false);
        expect(narrow.faults()).toEqual([]);
      },
      LIMIT,
    );
  }

  test(
    "ui 30: nor is a row beside its list",
    async () => {
      const { page, open, faults } = narrow;
      await open("/flow-runs");
      await page
        .locator("tr.row .below")
        .first()
        .click({ position: { x: 150, y: 4 } });
      await panel(page).locator("h2").waitFor();
      expect(await isWide()).toBe(false);
      expect(faults()).toEqual([]);
    },
    LIMIT,
  );
});
