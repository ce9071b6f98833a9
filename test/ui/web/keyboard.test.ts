// Without a mouse: a deployment is run from the palette, its run opened and cancelled, by keys alone; the focus is always seen.
import { describe, expect, test } from "bun:test";
import type { Page } from "playwright-core";
import { LIMIT, shareWorld } from "./shared.ts";
import { possible } from "./world.ts";

const MOST_STEPS = 120;

interface Focus {
  name: string;
  /** Whether an outline shows it; of an edge that can be moved, its ground. */
  isSeen: boolean;
}

function focusNow(page: Page): Promise<Focus> {
  return page.evaluate(() => {
    const element = document.activeElement as HTMLElement;
    const { outlineStyle, outlineWidth, backgroundColor } = getComputedStyle(element);
    const hasOutline = outlineStyle !== "none" && Number.parseFloat(outlineWidth) > 0;
    const isEdge = element.getAttribute("role") === "separator";
    // Past the last stop the focus is the browser's own.
    const name = element === document.body ? "" : (element.getAttribute("aria-label") ?? element.textContent ?? "");
    return { name: name.trim(), isSeen: hasOutline || (isEdge && !/, 0\)$/.test(backgroundColor)) };
  });
}

/** Presses Tab until what has this name has the focus; on the way each stop must be seen. */
async function tabTo(page: Page, name: string): Promise<void> {
  for (let step = 0; step < MOST_STEPS; step += 1) {
    await page.keyboard.press("Tab");
    const focus = await focusNow(page);
    if (focus.name !== "") expect(focus).toEqual({ name: focus.name, isSeen: true });
    if (focus.name === name) return;
  }
  throw new Error(`'${name}' was not reached by ${MOST_STEPS} steps`);
}

describe.skipIf(!possible)("with keys alone", () => {
  const shared = shareWorld();

  test(
    "a key that is pressed as soon as the rows are there goes to them",
    async () => {
      const { page, open } = await shared.world.openPage();
      await page.addInitScript(() => {
        const watcher = new MutationObserver(() => {
          if (!document.querySelector("tr.row")) return;
          watcher.disconnect();
          document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "j", bubbles: true, cancelable: true }));
        });
        watcher.observe(document, { childList: true, subtree: true });
      });
      await open("/settings");
      await page.locator('tr.row[data-row="0"]:focus').waitFor();
      await page.close();
    },
    LIMIT,
  );

  test(
    "ui 29: a deployment is run from the palette, and its run is opened and cancelled",
    async () => {
      const { page, open, faults } = shared;
      await open("/flows");
      await page.keyboard.press("Control+k");
      await page.getByRole("combobox").waitFor();
      await page.keyboard.type("run nightprod");
      await page.getByRole("option", { name: "Run nightly-report/production", selected: true }).waitFor();
      await page.keyboard.press("Enter");
      await page.getByRole("heading", { name: "Custom run" }).waitFor();
      await tabTo(page, "Run");
      await page.keyboard.press("Enter");
      await page.waitForURL("**/flow-runs/flow-run/*");
      await page.getByRole("button", { name: "Cancel", exact: true }).waitFor();
      await tabTo(page, "Cancel");
      await page.keyboard.press("Enter");
      await page.getByRole("button", { name: "Keep" }).and(page.locator(":focus")).waitFor();
      await tabTo(page, "Cancel the run");
      await page.keyboard.press("Enter");
      await page.locator("main .state").getByText("Cancelled", { exact: true }).first().waitFor();
      expect(faults()).toEqual([]);
    },
    LIMIT,
  );

  test(
    "ui 29: the first stop leads past the rail, into the page that is open",
    async () => {
      const { page, open } = shared;
      await open("/variables?tag=brand");
      await page.keyboard.press("Tab");
      expect((await focusNow(page)).name).toBe("Go to the page");
      await page.keyboard.press("Enter");
      await page.locator("main:focus").waitFor();
      expect(page.url()).toBe(`${shared.world.url}/variables?tag=brand`);
      await page.keyboard.press("Tab");
      expect((await focusNow(page)).name).toBe("New variable");
    },
    LIMIT,
  );

  test(
    "ui 29: a menu opens, is stepped through and closed; the focus comes back to its button",
    async () => {
      const { page, open } = shared;
      await open(`/deployments/deployment/${shared.world.data.deployment}`);
      await tabTo(page, "More actions on production");
      await page.keyboard.press("Enter");
      await page.getByRole("menuitem", { name: "Copy the id" }).and(page.locator(":focus")).waitFor();
      await page.keyboard.press("ArrowDown");
      await page.getByRole("menuitem", { name: "Delete" }).and(page.locator(":focus")).waitFor();
      await page.keyboard.press("Home");
      await page.getByRole("menuitem", { name: "Copy the id" }).and(page.locator(":focus")).waitFor();
      await page.keyboard.press("End");
      await page.getByRole("menuitem", { name: "Delete" }).and(page.locator(":focus")).waitFor();
      await page.keyboard.press("Escape");
      await page.getByRole("button", { name: "More actions on production" }).and(page.locator(":focus")).waitFor();
    },
    LIMIT,
  );

  test(
    "ui 29: each state has a shape beside its colour, and a word",
    async () => {
      const { page, open } = shared;
      await open("/flow-runs?range=all");
      await page.getByRole("row", { name: /done-run/ }).waitFor();
      const shapes = await page
        .locator("tbody .state")
        .evaluateAll((badges) =>
          badges.map((badge) => [badge.textContent?.trim() ?? "", badge.querySelector("svg")?.innerHTML ?? ""]),
        );
      const byWord = new Map(shapes as [string, string][]);
      expect(byWord.size).toBeGreaterThanOrEqual(4);
      expect([...byWord.keys(), ...byWord.values()]).not.toContain("");
      expect(new Set(byWord.values()).size).toBe(byWord.size);
    },
    LIMIT,
  );
});
