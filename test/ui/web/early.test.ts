// What a reader does as soon as something is on the screen, or while the page is busy: it is done all the same.
import { describe, expect, test } from "bun:test";
import type { Page } from "playwright-core";
import { LIMIT, shareWorld } from "./shared.ts";
import { possible } from "./world.ts";

/** Runs `act` in the page, in the first task after the frame that shows what is looked for. It may use nothing from outside of itself. */
async function asSoonAs(page: Page, selector: string, act: () => unknown): Promise<void> {
  await page.addInitScript(`{
    const watcher = new MutationObserver(() => {
      if (!document.querySelector(${JSON.stringify(selector)})) return;
      watcher.disconnect();
      requestAnimationFrame(() => setTimeout(${act}));
    });
    watcher.observe(document, { childList: true, subtree: true });
  }`);
}

describe.skipIf(!possible)("as soon as it is seen", () => {
  const shared = shareWorld();

  test(
    "a drag over the chart zooms",
    async () => {
      const { page, open, close } = await shared.world.openPage();
      await asSoonAs(page, ".run-dots canvas", async () => {
        const chart = document.querySelector<HTMLElement>("figure.run-dots");
        if (!chart) return;
        chart.setPointerCapture = () => {}; // there is no pointer
        const { left, top, width } = chart.getBoundingClientRect();
        for (const [type, share] of [
          ["pointerdown", 0.3],
          ["pointermove", 0.6],
          ["pointerup", 0.6],
        ] as const) {
          const place = { clientX: left + width * share, clientY: top + 40 };
          chart.dispatchEvent(new PointerEvent(type, { ...place, bubbles: true }));
          await Promise.resolve(); // what it changes is drawn
        }
      });
      await open("/flow-runs");
      await page.waitForURL(/from=.*&to=/);
      await close();
    },
    LIMIT,
  );

  test(
    "what is typed goes into the dialog and the palette that were asked for",
    async () => {
      const { page, open, close } = await shared.world.openPage();
      await open("/variables");
      await page.keyboard.press("Control+k"); // loads it
      await page.getByRole("combobox").waitFor();
      await page.keyboard.press("Escape");
      await page.getByRole("combobox").waitFor({ state: "detached" });
      const hasFocus = await page.evaluate(async () => {
        document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "k", ctrlKey: true, bubbles: true }));
        await Promise.resolve();
        return document.activeElement?.role === "combobox" || document.activeElement?.outerHTML;
      });
      expect(hasFocus).toBe(true);
      await page.keyboard.press("Escape");
      const isIn = await page.getByRole("button", { name: "New variable" }).evaluate(async (button: HTMLElement) => {
        button.click();
        await Promise.resolve();
        return document.activeElement?.closest("dialog") !== null;
      });
      expect(isIn).toBe(true);
      await close();
    },
    LIMIT,
  );
});

describe.skipIf(!possible)("as soon as it is gone", () => {
  const shared = shareWorld();

  test(
    "the palette opens again",
    async () => {
      const { page, open } = shared;
      await open("/variables");
      await page.keyboard.press("Control+k");
      await page.getByRole("combobox").waitFor();
      await page.evaluate(() => {
        const watcher = new MutationObserver(() => {
          if (document.querySelector("dialog[open]")) return;
          watcher.disconnect();
          document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "k", ctrlKey: true, bubbles: true }));
        });
        watcher.observe(document, { childList: true, subtree: true, attributes: true });
      });
      await page.keyboard.press("Escape");
      await page.waitForTimeout(100); // until it could have closed again
      await page.getByRole("combobox").waitFor();
    },
    LIMIT,
  );
});

describe.skipIf(!possible)("while the page is busy", () => {
  const shared = shareWorld();

  test(
    "keys that were pressed one after the other are a pair",
    async () => {
      const { page, open } = shared;
      await open("/flows");
      await page.evaluate(() => {
        const [first, second] = ["g", "v"].map((key) => new KeyboardEvent("keydown", { key, bubbles: true }));
        if (first) document.body.dispatchEvent(first);
        const free = performance.now() + 1_100; // longer than between the two keys of a pair
        while (performance.now() < free);
        if (second) document.body.dispatchEvent(second);
      });
      await page.waitForURL("**/variables");
    },
    LIMIT,
  );

  test(
    "what is chosen while a search waits for the end of typing stays",
    async () => {
      const { page, open } = shared;
      await open("/variables");
      await page
        .getByLabel("Search")
        .first()
        .evaluate((field: HTMLInputElement) => {
          field.value = "col";
          field.dispatchEvent(new InputEvent("input", { bubbles: true }));
          document.querySelector<HTMLElement>("thead button")?.click();
        });
      await page.waitForURL(({ searchParams }) => searchParams.get("search") === "col");
      expect(new URL(page.url()).searchParams.get("sort")).not.toBeNull();
    },
    LIMIT,
  );
});
